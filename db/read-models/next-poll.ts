import type { Knex } from '../connect.js'

/** The next poll of a connection, as stored by its loop; null before its first poll. */
export async function readNextPollAt(knex: Knex, connection: string): Promise<Date | null> {
  const row = await knex('connections').where({ connection }).first('next_poll_at')
  return row?.next_poll_at ?? null
}
