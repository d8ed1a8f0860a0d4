import { setTimeout as delay } from 'node:timers/promises'
import { connectDatabase, type Knex } from '../../db/connect.js'
import type { TestDatabase } from './database.js'
import { PATIENCE_MS } from './patience.js'

/**
 * Resolves once a statement waits for a lock in this database: a test then knows, on a machine of any speed, that the
 * statement has arrived. Reads as the owner, because the application's role does not see what others wait for.
 * @param signal ends the wait
 * @throws Error when none waits within a minute, or when the signal ended it
 */
export async function untilBlocked({ url }: TestDatabase, signal?: AbortSignal): Promise<void> {
  const owner = connectDatabase({ url, applicationName: 'test owner', asOwner: true, poolSize: 1 })
  try {
    const giveUpAt = Date.now() + PATIENCE_MS
    while (!(await isBlocked(owner))) {
      signal?.throwIfAborted()
      if (Date.now() > giveUpAt) throw new Error('no statement waits for a lock')
      await delay(10)
    }
  } finally {
    await owner.destroy()
  }
}

async function isBlocked(knex: Knex): Promise<boolean> {
  const row = await knex('pg_stat_activity')
    .where({ wait_event_type: 'Lock', datname: knex.raw('current_database()') })
    .first('pid')
  return row !== undefined
}
