import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAccount, panelAccount, receivable } from '../../../domain/finance/account.js'
import { completeEntries, isBalanced, reversalEntries } from '../../../domain/finance/ledger.js'
import { periodOf } from '../../../domain/finance/period.js'
import { money } from '../../../domain/money.js'

const posting = { connection: 'kantar-us', panel: 'lifepoints', price: money(150, 'USD'), shareMinor: 75n }

describe('a payable complete', () => {
  test('is owed by the connection, earned by the panel, and shared with the panelist', () => {
    expect(completeEntries(posting)).toEqual([
      { account: receivable('kantar-us'), side: 'debit', amount: money(150, 'USD') },
      { account: panelAccount('revenue', 'lifepoints'), side: 'credit', amount: money(150, 'USD') },
      { account: panelAccount('reward_expense', 'lifepoints'), side: 'debit', amount: money(75, 'USD') },
      { account: panelAccount('payable', 'lifepoints'), side: 'credit', amount: money(75, 'USD') },
    ])
  })

  test('has no lines of zero', () => {
    expect(completeEntries({ ...posting, shareMinor: 0n })).toHaveLength(2)
    expect(completeEntries({ ...posting, price: money(0, 'USD'), shareMinor: 0n })).toEqual([])
  })

  test('balances for any amounts, as does its reversal; both together sum to zero', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 15n),
        fc.bigInt(0n, 10n ** 15n),
        fc.constantFrom('USD', 'JPY', 'KWD'),
        (price, shareMinor, currency) => {
          const entries = completeEntries({ ...posting, price: money(price, currency), shareMinor })
          const reversal = reversalEntries(entries)
          expect(isBalanced(entries)).toBe(true)
          expect(isBalanced(reversal)).toBe(true)
          expect(reversalEntries(reversal)).toEqual(entries)
          const net = new Map<string, bigint>()
          for (const { account, side, amount } of [...entries, ...reversal]) {
            const signed = side === 'debit' ? amount.amountMinor : -amount.amountMinor
            const name = formatAccount(account)
            net.set(name, (net.get(name) ?? 0n) + signed)
          }
          expect([...net.values()].every((sum) => sum === 0n)).toBe(true)
        },
      ),
    )
  })
})

describe('balance', () => {
  test('is by currency: a dollar does not balance a euro', () => {
    const [a, b] = [receivable('a'), panelAccount('revenue', 'b')]
    const debit = { account: a, side: 'debit' as const, amount: money(100, 'USD') }
    expect(isBalanced([debit, { account: b, side: 'credit', amount: money(100, 'EUR') }])).toBe(false)
    expect(isBalanced([debit, { account: b, side: 'credit', amount: money(99, 'USD') }])).toBe(false)
    expect(isBalanced([debit, { account: b, side: 'credit', amount: money(100, 'USD') }])).toBe(true)
    expect(isBalanced([])).toBe(true)
  })
})

test('a period is the month in UTC', () => {
  expect(periodOf(new Date('2026-11-30T23:59:59.999Z'))).toBe('2026-11')
  expect(periodOf(new Date('2026-12-01T00:30:00+01:00'))).toBe('2026-11')
})
