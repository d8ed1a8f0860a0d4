import { priceOf, rewardNow, type SessionRow, standingOf } from '../../db/rows/session-row.js'
import { sessionWorkflowId } from '../../workflows/messages/session.js'
import type { SessionSummary } from './session-schemas.js'

/** A session as its panel sees it (docs/api.md, From an offer to the money). */
export function sessionSummary(row: SessionRow): SessionSummary {
  const price = priceOf(row)
  return {
    session_id: row.session_id,
    state: row.state,
    outcome: row.outcome,
    grade: row.grade,
    provisional: row.provisional,
    payable: row.payable,
    ...(row.unpaid_reason === null ? {} : { reason: row.unpaid_reason }),
    needs_review: row.needs_review,
    panelist_id: row.panelist_id,
    survey_id: row.survey_id,
    connection: row.connection,
    provider: row.provider,
    provider_survey_id: row.provider_survey_id,
    provider_session_id: row.provider_session_id,
    price: price === null ? null : { amount_minor: Number(price.amountMinor), currency: price.currency },
    reward: rewardNow(row, standingOf(row)),
    custom_panel_data: row.custom_panel_data,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    workflow_id: sessionWorkflowId(row.session_id),
  }
}
