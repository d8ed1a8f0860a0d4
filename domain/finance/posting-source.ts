/**
 * Why a transaction is in the ledger (docs/money.md, "Sources"). claim: a claim about a session's end. statement_line:
 * a line of a provider's statement. period: the closing of a month. manual: an operator's decision.
 */
export const SOURCE_KINDS = ['claim', 'statement_line', 'period', 'manual'] as const

/** One source has at most one transaction of each kind: posting the same news again changes nothing. */
export interface PostingSource {
  readonly kind: (typeof SOURCE_KINDS)[number]
  /** The id of the claim, the line or the decision; for a period, the month. */
  readonly id: string
}
