import type { Knex } from '../../db/connect.js'
import { lockEpoch } from '../../db/stores/connection-store.js'
import type { OfferedSurvey } from '../../db/stores/offered-survey.js'
import { markRedriven, markStillBroken } from '../../db/stores/quarantine-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { storeChunk } from './store-chunk.js'

/** A quarantined record that was parsed again. */
export interface RedrivenRecord {
  readonly quarantineId: string
  readonly connection: string
  readonly provider: string
  /** The parsed surveys. */
  readonly offered: readonly OfferedSurvey[]
  /** Why it still cannot be read; null = it can. */
  readonly fault: string | null
}

/**
 * Stores the surveys of a quarantined record and closes its entry, or counts one more failure, in one transaction. The
 * connection's row lock excludes a concurrent poll. Stamps afterwards.
 * @returns why the record stays in quarantine; null = stored
 */
export async function storeRedriven(
  { knex, clock }: { readonly knex: Knex; readonly clock: () => Date },
  record: RedrivenRecord,
): Promise<string | null> {
  const { quarantineId, connection, provider, offered } = record
  const now = clock()
  const reason = await knex.transaction(async (trx) => {
    const epoch = await lockEpoch(trx, connection)
    const { refused } = await storeChunk(trx, { connection, provider, epoch: epoch ?? '0', now }, offered)
    const fault = record.fault ?? refused[0]?.reason ?? null
    if (fault === null) await markRedriven(trx, quarantineId)
    else await markStillBroken(trx, quarantineId, fault, now)
    return fault
  })
  await stampRevisions(knex)
  return reason
}
