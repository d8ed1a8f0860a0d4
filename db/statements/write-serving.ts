import type { Knex } from '../connect.js'
import { rows } from '../raw.js'
import type { FeedPosition } from '../read-models/feed.js'

/** The content of an answer of the feed, before it is sent. */
export interface FeedServing {
  readonly panel: string
  /** The panel's cursor when the answer was built. */
  readonly at: Pick<FeedPosition, 'ackedId' | 'servedId'>
  readonly scope: readonly string[]
  /** The highest ack_id of the answer; 0 = none. */
  readonly servedId: number
  /** All changes up to this revision are acknowledged or not for this panel; 0 = do not move the cursor. */
  readonly passedId: number
  /** Surveys sent as open or paused that the panel does not have yet. */
  readonly opened: readonly string[]
  /** Surveys sent as closed, with their ack_id. */
  readonly closed: readonly { readonly surveyId: string; readonly revision: number }[]
}

/**
 * Moves a panel's cursor in `feed_cursors` and stores the sent surveys and closures in `feed_deliveries`, in one
 * statement, so that a poll of the feed needs one write.
 * @returns false when the cursor has moved since the answer was built; then nothing is written
 */
export async function writeServing(knex: Knex, serving: FeedServing): Promise<boolean> {
  const { panel, opened, closed } = serving
  const moved = await rows(
    knex,
    `with cursor as (
       ${MOVE_CURSOR} values (:panel, :passedId, :servedId, :scope) ${UNLESS_MOVED}
     ), opened as (
       insert into feed_deliveries (panel, survey_id)
       select c.panel, o.survey_id from cursor c, unnest(:opened::text[]) o(survey_id)
       on conflict (panel, survey_id) do update set closed_revision = null
     ), closed as (
       update feed_deliveries d set closed_revision = n.revision
         from cursor c, unnest(:closed::text[], :revisions::bigint[]) n(survey_id, revision)
        where d.panel = c.panel and d.survey_id = n.survey_id
     )
     select panel from cursor`,
    {
      ...cursorOf(serving),
      panel,
      opened: [...opened],
      closed: closed.map(({ surveyId }) => surveyId),
      revisions: closed.map(({ revision }) => revision),
    },
  )
  return moved.length > 0
}

const MOVE_CURSOR = 'insert into feed_cursors as c (panel, acked_id, served_id, scope)'
const UNLESS_MOVED = `on conflict (panel) do update set served_id = greatest(c.served_id, excluded.served_id),
         acked_id = greatest(c.acked_id, excluded.acked_id)
        where c.acked_id = :atAckedId and c.served_id = :atServedId and c.scope = excluded.scope
       returning c.panel`

function cursorOf({ at, scope, servedId, passedId }: FeedServing) {
  return { scope: [...scope], servedId, passedId, atAckedId: at.ackedId, atServedId: at.servedId }
}

/**
 * Like `writeServing`, for an answer without new surveys or closures: only the highest id is new. Does not wait for the
 * disk (`synchronous_commit` off), because a crash of PostgreSQL loses only the id: the acknowledgement is then refused
 * and the same answer is sent again.
 */
export async function writeServedId(knex: Knex, serving: FeedServing): Promise<boolean> {
  const moved = await rows(
    knex,
    `with quick as materialized (select set_config('synchronous_commit', 'off', true))
     ${MOVE_CURSOR} select :panel, :passedId::bigint, :servedId::bigint, :scope::text[] from quick ${UNLESS_MOVED}`,
    { ...cursorOf(serving), panel: serving.panel },
  )
  return moved.length > 0
}
