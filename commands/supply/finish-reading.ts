import type { Knex } from '../../db/connect.js'
import type { DueReading } from '../../db/read-models/due-readings.js'
import { endReading } from '../../db/stores/member-reading-store.js'
import { deleteUnmet } from '../../db/stores/survey-member-store.js'

/** Ends a complete reading and deletes the members that it did not contain. */
export async function finishReading(knex: Knex, connection: string, reading: DueReading, now: Date): Promise<void> {
  await knex.transaction(async (trx) => {
    await deleteUnmet(trx, connection, reading)
    await endReading(trx, connection, reading, now)
  })
}
