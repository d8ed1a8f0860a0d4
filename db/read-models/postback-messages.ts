import type { Knex } from '../connect.js'

/** A message to a panel as it is in the outbox, delivered or not. */
export interface PostbackMessage {
  /** The webhook-id. */
  readonly postbackId: string
  readonly payload: Readonly<Record<string, unknown>>
  /** PostgreSQL's text of the time, so that a cursor loses no microsecond. */
  readonly createdAt: string
}

/** Behind which message to go on; null = from the beginning. */
export type MessageCursor = Pick<PostbackMessage, 'postbackId' | 'createdAt'> | null

/**
 * The messages to a panel since a time, a page, in the order of their making. Reads without an index: for a tool of
 * developers on an installation of their own, not for a request.
 * @param since PostgreSQL's text of a time
 * @param limit messages at most
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

/** PostgreSQL's own clock, some milliseconds back, as text. */
export async function databaseTime(knex: Knex, millisecondsAgo: number): Promise<string> {
  const { rows } = (await knex.raw(`select (now() - ? * interval '1 millisecond')::text as at`, [millisecondsAgo])) as {
    rows: { at: string }[]
  }
  return rows[0]?.at ?? ''
}
