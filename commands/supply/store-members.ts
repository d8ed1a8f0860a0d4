import type { Knex } from '../../db/connect.js'
import type { DueReading } from '../../db/read-models/due-readings.js'
import { keepReading } from '../../db/stores/member-reading-store.js'
import { meetMembers } from '../../db/stores/survey-member-store.js'

/**
 * Stores one page of members and the reading's cursor, in one transaction: after a crash the reading resumes with the
 * next page.
 * @returns how many of them are new in this reading
 */
export async function storeMembers(
  knex: Knex,
  connection: string,
  reading: DueReading,
  members: readonly string[],
  now: Date,
): Promise<number> {
  // PostgreSQL's text holds no NUL, so no member code has one
  const codes = [...new Set(members)].filter((code) => !code.includes('\0'))
  const last = members.at(-1) ?? null
  const lastCode = last?.includes('\0') ? null : last
  return knex.transaction(async (trx) => {
    const met = await meetMembers(trx, connection, reading, codes)
    await keepReading(trx, connection, reading, { lastCode, met, now })
    return met
  })
}
