import type { Knex } from '../connect.js'

export interface PanelistBlock {
  readonly panel: string
  readonly panelistId: string
  readonly connection: string
  /** Null = blocked from all surveys of the connection. */
  readonly surveyId: string | null
  readonly reason: string
  readonly until: Date
}

/** Stores that a provider blocks a panelist from a survey, or from all; the longer of two blocks stays. */
export async function blockPanelist(knex: Knex, block: PanelistBlock, now: Date): Promise<void> {
  await knex.raw(
    `insert into panelist_blocks as b (panel, panelist_id, connection, survey_id, reason, blocked_at, until)
     values (:panel, :panelistId, :connection, :surveyId, :reason, :now, :until)
     on conflict (panel, panelist_id, connection, survey_id) do update set
       reason = excluded.reason, blocked_at = excluded.blocked_at, until = greatest(b.until, excluded.until)`,
    {
      panel: block.panel,
      panelistId: block.panelistId,
      connection: block.connection,
      surveyId: block.surveyId ?? '',
      reason: block.reason.slice(0, 300),
      until: block.until,
      now,
    },
  )
}
