import { formatAmount, type Money, money } from '../../domain/money.js'
import type { Grade, Outcome } from '../../domain/outcome.js'
import type { Reward } from '../../domain/reward.js'
import type { SessionFacts, SessionState, Standing } from '../../domain/session.js'

/** One row of `sessions` as `pg` returns it: bigints are text. */
export interface SessionRow {
  session_id: string
  panel: string
  panelist_id: string | null
  survey_id: string
  connection: string
  provider: string
  provider_survey_id: string
  provider_quota_id: string | null
  group_id: string | null
  country: string
  state: SessionState
  outcome: Outcome | null
  grade: Grade | null
  required_grade: Grade
  provisional: boolean
  payable: boolean
  reversed: boolean
  needs_review: boolean
  review_reason: string | null
  /** Why a proven complete is not payable. */
  unpaid_reason: 'over_quota' | null
  cpi_minor: string | null
  currency: string | null
  reward_amount: string | null
  reward_currency: string | null
  share_minor: string | null
  screenout_reward: string
  loi_minutes: number | null
  /** True = the survey was for this panelist alone, and is not in the catalogue. */
  per_panelist: boolean
  device: string | null
  custom_panel_data: Record<string, unknown> | null
  entry_token: string
  provider_panelist_id: string
  provider_session_id: string | null
  provider_entry_url: string | null
  announced: boolean
  claim_count: number
  postback_count: number
  created_at: Date
  opened_at: Date | null
  /** While the entry is opening: since when the respondent waits, and when their page last polled. */
  waiting_since: Date | null
  last_look_at: Date | null
  entered_at: Date | null
  finished_at: Date | null
  completed_at: Date | null
  entry_deadline: Date
  /** Milliseconds, read with `sessionColumns`. */
  completion_ttl_ms: number
  late_grace_ms: number
  workflow_started_at: Date | null
}

/** Every column, with the intervals as milliseconds. */
export const sessionColumns = `sessions.*,
  (extract(epoch from sessions.completion_ttl) * 1000)::float8 as completion_ttl_ms,
  (extract(epoch from sessions.late_grace) * 1000)::float8 as late_grace_ms`

/** The locked price; null while it is unknown. */
export function priceOf(row: SessionRow): Money | null {
  return row.cpi_minor === null || row.currency === null ? null : money(BigInt(row.cpi_minor), row.currency)
}

export function standingOf(row: SessionRow): Standing {
  return {
    state: row.state,
    outcome: row.outcome,
    grade: row.grade,
    provisional: row.provisional,
    payable: row.payable,
    reversed: row.reversed,
    needsReview: row.needs_review,
    reviewReason: row.review_reason,
    ...(row.unpaid_reason === null ? {} : { unpaidReason: row.unpaid_reason }),
  }
}

/** @param provenOtherwise whether a proven claim has another outcome than COMPLETED */
export function factsOf(row: SessionRow, provenOtherwise: boolean, now: Date): SessionFacts {
  return {
    requiredGrade: row.required_grade,
    everEntered: row.entered_at !== null,
    priced: row.cpi_minor !== null,
    withinGrace: row.finished_at === null || now.getTime() <= row.finished_at.getTime() + row.late_grace_ms,
    erased: row.panelist_id === null,
    provenOtherwise,
  }
}

/** The panelist's current reward: for a payable complete, for a screen-out, else 0. */
export function rewardNow(row: SessionRow, standing: Standing): Reward {
  const currency = row.reward_currency ?? 'points'
  if (standing.payable) return { amount: Number(row.reward_amount ?? 0), currency }
  if (standing.outcome === 'SCREENED_OUT') return { amount: Number(row.screenout_reward), currency }
  return { amount: 0, currency }
}

/** When an entered session times out, or null before the click. */
export function completionDeadline(row: SessionRow): Date | null {
  return row.entered_at === null ? null : new Date(row.entered_at.getTime() + row.completion_ttl_ms)
}

/**
 * The data about a session for the panel: the claims of the redirect's JWS, and the data of the postback
 * (docs/sessions.md, What you receive).
 * @param standing the current one for a redirect, the one after the claim for a postback
 */
export function panelClaims(row: SessionRow, standing: Standing): Record<string, unknown> {
  return {
    session_id: row.session_id,
    panelist_id: row.panelist_id,
    outcome: standing.outcome,
    survey_id: row.survey_id,
    provider: row.provider,
    connection: row.connection,
    grade: standing.grade,
    provisional: standing.provisional,
    payable: standing.payable,
    ...(standing.unpaidReason === undefined ? {} : { reason: standing.unpaidReason }),
    reward: rewardNow(row, standing),
    custom_panel_data: row.custom_panel_data,
  }
}

/** The facts that a session's workflow shows from its start, in plain values without personal data for Temporal. */
export function factsToShow(row: SessionRow) {
  const price = priceOf(row)
  return {
    sessionId: row.session_id,
    connection: row.connection,
    provider: row.provider,
    panel: row.panel,
    country: row.country,
    price: price === null ? 'price with the entry' : `${formatAmount(price)} ${price.currency}`,
    entryTtlMs: Math.max(row.entry_deadline.getTime() - row.created_at.getTime(), 1_000),
    completionTtlMs: row.completion_ttl_ms,
    entryDeadline: row.entry_deadline.getTime(),
  }
}

/** The session's data for the adapter's entry request. */
export function toOpen(row: SessionRow) {
  return {
    sessionId: row.session_id,
    panel: row.panel,
    provider: row.provider,
    panelistId: row.provider_panelist_id,
    quotaId: row.provider_quota_id,
    device: row.device,
    customPanelData: row.custom_panel_data,
  }
}
