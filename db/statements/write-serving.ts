import type { Knex } from '../connect.js'
import { rows } from '../raw.js'
import type { FeedPosition } from '../read-models/feed.js'

/** What a panel is about to be told. */
export interface FeedServing {
  readonly panel: string
  /** Where the panel stood when the answer was made. */
  readonly at: Pick<FeedPosition, 'ackedId' | 'servedId'>
  readonly scope: readonly string[]
  /** The highest ack_id of the answer; 0 when there is none. */
  readonly servedId: number
  /** Everything up to here was either acknowledged or is not for this panel: 0 = leave the cursor where it is. */
  readonly passedId: number
  /** Surveys told as open or paused which the panel does not have yet. */
  readonly opened: readonly string[]
  /** Surveys told as closed, with the ack_id of it. */
  readonly closed: readonly { readonly surveyId: string; readonly revision: number }[]
}

/**
 * Moves a panel's cursor in `feed_cursors` and writes what it is told to have and to be closed in `feed_deliveries`, in one
 * statement: a poll of the feed is answered after one write.
 * @returns false when the cursor is not where the answer was made from: nothing was written
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
 * As `writeServing`, where the panel has these surveys already: only the highest id is new. Nobody waits for the disk, for when PostgreSQL itself
 * dies within the next moment, all that happens is that an acknowledgement is refused and the same is given again.
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
