import type { Knex } from '../connect.js'

/** A message to a panel in the outbox, delivered or not. */
export interface PostbackMessage {
  /** The webhook-id. */
  readonly postbackId: string
  readonly payload: Readonly<Record<string, unknown>>
  /** PostgreSQL's text of the time, so that a cursor keeps the microseconds. */
  readonly createdAt: string
}

/** The last message that was read; null = from the beginning. */
export type MessageCursor = Pick<PostbackMessage, 'postbackId' | 'createdAt'> | null

/**
 * A page of the messages to a panel since a time, in the order of their creation. Reads without an index: for developer
 * tools on a local installation, not for a request.
 * @param since PostgreSQL's text of a time
 * @param limit the most messages to return
 */
export async function readPostbackMessages(
  knex: Knex,
  { panel, since, after, limit }: { panel: string; since: string; after: MessageCursor; limit: number },
): Promise<PostbackMessage[]> {
  const { rows } = (await knex.raw(
    `select postback_id, payload, created_at::text as created_at
       from postbacks
      where panel = :panel and created_at >= :since::timestamptz
        and (created_at, postback_id) > (:afterAt::timestamptz, :afterId)
      order by postbacks.created_at, postback_id limit :limit`,
    { panel, since, limit, afterAt: after?.createdAt ?? '-infinity', afterId: after?.postbackId ?? '' },
  )) as { rows: { postback_id: string; payload: Record<string, unknown>; created_at: string }[] }
  return rows.map((row) => ({ postbackId: row.postback_id, payload: row.payload, createdAt: row.created_at }))
}

/** PostgreSQL's current time less some milliseconds, as text. */
export async function databaseTime(knex: Knex, millisecondsAgo: number): Promise<string> {
  const { rows } = (await knex.raw(`select (now() - ? * interval '1 millisecond')::text as at`, [millisecondsAgo])) as {
    rows: { at: string }[]
  }
  return rows[0]?.at ?? ''
}
