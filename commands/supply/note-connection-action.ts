import type { Knex } from '../../db/connect.js'
import { endHold } from '../../db/stores/connection-health-store.js'
import {
  openConnection,
  pauseConnection,
  resumeConnection,
  settleConnection,
} from '../../db/stores/connection-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'

/** An operator's action on a connection without a poll loop. */
export interface ConnectionActionInput {
  readonly connection: string
  readonly provider: string
  /** `asked`: queried per panelist; `own`: its surveys are our buyers' plans. */
  readonly supply: 'asked' | 'own'
  readonly action: 'pause' | 'resume' | 'poll'
  /** The reason of a pause; shown to operators. */
  readonly reason: string
}

/**
 * Applies an operator's action to a connection without a poll loop (queried per panelist, or our buyers' plans), by
 * changing its row.
 */
export async function noteConnectionAction(
  { knex, clock }: { readonly knex: Knex; readonly clock: () => Date },
  { connection, provider, supply, action, reason }: ConnectionActionInput,
): Promise<void> {
  // create the row if no worker has yet, so that a pause is stored
  await openConnection(knex, { connection, provider })
  if (action === 'pause') return pauseConnection(knex, connection, reason, clock())
  if (action === 'resume') await resumeConnection(knex, connection, clock())
  if (supply === 'own') {
    await settleConnection(knex, connection, clock())
    // no poll exists; stamp what is committed instead
    stampSoon(knex)
  } else {
    // end the backoff, so that the next match queries it
    await endHold(knex, connection)
  }
}
