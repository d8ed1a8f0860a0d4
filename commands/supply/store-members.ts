import type { Knex } from '../../db/connect.js'
import type { DueReading } from '../../db/read-models/due-readings.js'
import { keepReading } from '../../db/stores/member-reading-store.js'
import { meetMembers } from '../../db/stores/survey-member-store.js'

/**
 * Stores one page of members and how far the reading got, in one transaction: a crash between two pages goes on where
 * the last one ended.
 * @returns how many of them this reading had not met before
 */
export async function storeMembers(
  knex: Knex,
  connection: string,
  reading: DueReading,
  members: readonly string[],
  now: Date,
): Promise<number> {
  // PostgreSQL's text holds no NUL: nobody has such a code
  const codes = [...new Set(members)].filter((code) => !code.includes('\0'))
  const last = members.at(-1) ?? null
  const lastCode = last?.includes('\0') ? null : last
  return knex.transaction(async (trx) => {
    const met = await meetMembers(trx, connection, reading, codes)
    await keepReading(trx, connection, reading, { lastCode, met, now })
    return met
  })
}
