import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Account,
  accountPrefix,
  formatAccount,
  PANEL_ACCOUNT_KINDS,
  panelAccount,
  parseAccount,
  receivable,
} from '../../../domain/finance/account.js'

const owner = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
const account: fc.Arbitrary<Account> = fc.oneof(
  owner.map(receivable),
  fc.tuple(fc.constantFrom(...PANEL_ACCOUNT_KINDS), owner).map(([kind, panel]) => panelAccount(kind, panel)),
)

describe('an account', () => {
  test('is written as finance reads it', () => {
    expect(formatAccount(receivable('kantar-us'))).toBe('receivable:kantar-us')
    expect(formatAccount(panelAccount('revenue', 'lifepoints'))).toBe('revenue:lifepoints')
    expect(formatAccount(panelAccount('reward_expense', 'lifepoints'))).toBe('reward_expense:lifepoints')
    expect(formatAccount(panelAccount('payable', 'lifepoints'))).toBe('payable:lifepoints')
    expect(parseAccount('receivable:kantar-us')).toEqual({ kind: 'receivable', connection: 'kantar-us' })
    expect(parseAccount('payable:A.b_c-1')).toEqual({ kind: 'payable', panel: 'A.b_c-1' })
    expect(accountPrefix('reward_expense')).toBe('reward_expense:')
  })

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(account, (given) => {
        expect(parseAccount(formatAccount(given))).toEqual(given)
      }),
    )
  })

  test.each([
    '',
    'receivable',
    'receivable:',
    ':kantar-us',
    'Receivable:kantar-us',
    'cash:lifepoints',
    'receivable:kantar us',
    'receivable:-kantar',
    'receivable:kantar-us\n',
    ' receivable:kantar-us',
    'receivable:a:b',
    `payable:${'x'.repeat(65)}`,
    'payable:панель',
  ])('is not %j', (text) => {
    expect(parseAccount(text)).toBeNull()
  })

  test('of an owner that no configuration can name is refused with its text', () => {
    expect(() => formatAccount(receivable('kantar us'))).toThrow('"receivable:kantar us" is not an account')
    expect(() => formatAccount(panelAccount('payable', ''))).toThrow(RangeError)
    expect(formatAccount(panelAccount('payable', 'x'.repeat(64)))).toHaveLength(72)
  })
})
