import { z } from 'zod'
import { type Account, parseAccount } from '../../domain/finance/account.js'
import { SOURCE_KINDS } from '../../domain/finance/posting-source.js'
import { stamp, text } from '../panel/fields.js'
import { inOrder, NOT_IN_ORDER, pageSize, utcDate } from '../panel/paging.js'

const period = z
  .string({ error: 'must be a month such as 2026-01' })
  .regex(/^[12]\d{3}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-01')
  .meta({ description: 'A month, YYYY-MM in UTC', example: '2026-01' })

/** Query of `GET /v1/finance/completes.csv`. */
export const CompletesQuery = z
  .strictObject({
    from: utcDate.optional().meta({ description: 'Completed on or after this day (UTC); absent: from the first' }),
    to: utcDate.optional().meta({ description: 'Completed before this day (UTC); absent: to the last' }),
    connection: text(1, 128).optional(),
    panel: text(1, 128).optional(),
  })
  .refine(inOrder, NOT_IN_ORDER)

const LARGEST_NUMBER = 2n ** 63n - 1n

/** Writes a reader's position in the ledger as an opaque cursor. */
export const ledgerCursorOf = (number: string | null): string | null =>
  number === null ? null : Buffer.from(`ledger:${number}`).toString('base64url')

const ledgerCursor = z
  .string({ error: 'must be text' })
  .transform((given, context): string => {
    const [, number] = /^ledger:([1-9]\d{0,18})$/.exec(Buffer.from(given, 'base64url').toString('utf8')) ?? []
    if (number !== undefined && BigInt(number) <= LARGEST_NUMBER) return number
    context.addIssue({
      code: 'custom',
      message:
        'must be a next_cursor or resume_cursor of the ledger; a cursor of an earlier version is invalid: leave it out',
    })
    return z.NEVER
  })
  .meta({ type: 'string', description: '`next_cursor` or `resume_cursor` of an earlier page; opaque' })

const account = text(1, 300)
  .transform((given, context): Account => {
    const known = parseAccount(given)
    if (known !== null) return known
    context.addIssue({
      code: 'custom',
      message:
        'must be an account: receivable:<connection>, revenue:<panel>, reward_expense:<panel> or payable:<panel>, with the id as configured',
    })
    return z.NEVER
  })
  .meta({
    type: 'string',
    description: 'Only transactions that touch this account',
    example: 'receivable:kantar-us',
  })

/** Query of `GET /v1/finance/ledger`. */
export const LedgerQuery = z.strictObject({
  period: period.optional(),
  account: account.optional(),
  cursor: ledgerCursor.optional(),
  limit: pageSize(100, 500),
})

const minorUnits = z.int().meta({ description: 'Integer minor units', example: 150 })

/** Answer of `GET /v1/finance/ledger`, in the order of posting. */
export const LedgerAnswer = z
  .object({
    transactions: z.array(
      z.object({
        transaction_id: z.uuid(),
        at: stamp,
        kind: z.enum(['complete', 'reversal', 'adjustment']),
        session_id: z.uuid().nullable().meta({ description: 'Null when the transaction is about no session' }),
        source: z.object({ kind: z.enum(SOURCE_KINDS), id: z.string() }).meta({
          description: 'Why it was posted; a source has at most one transaction of each kind',
          example: { kind: 'claim', id: '0f3b7c1e-52c4-4f0d-9a70-6a1c7e2b9d54' },
        }),
        period: z.string().meta({ example: '2026-12', description: 'The month in which it counts' }),
        period_of_origin: z.string().meta({
          example: '2026-11',
          description:
            'The month in which its event happened; earlier than `period` when that month was over or closed to postings',
        }),
        reverses: z.uuid().nullable().meta({ example: null, description: 'The transaction that this one reverses' }),
        reason: z.string().meta({ example: 'return COMPLETED' }),
        entries: z.array(
          z.object({
            account: z.string().meta({ example: 'receivable:kantar-us' }),
            side: z.enum(['debit', 'credit']),
            amount_minor: minorUnits,
            currency: z.string().meta({ example: 'USD' }),
          }),
        ),
      }),
    ),
    next_cursor: z.string().nullable().meta({ example: null }),
    resume_cursor: z.string().nullable().meta({
      example: 'bGVkZ2VyOjQxMg',
      description:
        'Cursor for a later request: every later posting comes after it. Null while there are no transactions',
    }),
  })
  .meta({ id: 'Ledger' })
export type LedgerAnswer = z.output<typeof LedgerAnswer>

/** Query of `GET /v1/finance/trial-balance`. */
export const TrialBalanceQuery = z.strictObject({ period: period.optional() })

/** Answer of `GET /v1/finance/trial-balance`. */
export const TrialBalanceAnswer = z
  .object({
    accounts: z.array(
      z.object({
        account: z.string().meta({ example: 'receivable:kantar-us' }),
        currency: z.string().meta({ example: 'USD' }),
        debit_minor: minorUnits,
        credit_minor: minorUnits,
      }),
    ),
  })
  .meta({ id: 'TrialBalance' })
export type TrialBalanceAnswer = z.output<typeof TrialBalanceAnswer>
