import type { Knex } from '../../db/connect.js'
import { endHold } from '../../db/stores/connection-health-store.js'
import {
  openConnection,
  pauseConnection,
  resumeConnection,
  settleConnection,
} from '../../db/stores/connection-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'

/** What an operator wants of a connection that no loop polls. */
export interface ConnectionActionInput {
  readonly connection: string
  readonly provider: string
  /** `asked`: panelist by panelist; `own`: its surveys are our buyers' plans. */
  readonly supply: 'asked' | 'own'
  readonly action: 'pause' | 'resume' | 'poll'
  /** Of a pause; shown to operators. */
  readonly reason: string
}

/**
 * A connection without a loop, because it is asked about one panelist at a time, or because its surveys are our buyers'
 * plans: what counts is what PostgreSQL says.
 */
export async function noteConnectionAction(
  { knex, clock }: { readonly knex: Knex; readonly clock: () => Date },
  { connection, provider, supply, action, reason }: ConnectionActionInput,
): Promise<void> {
  // a pause counts before any worker has made the row, too
  await openConnection(knex, { connection, provider })
  if (action === 'pause') return pauseConnection(knex, connection, reason, clock())
  if (action === 'resume') await resumeConnection(knex, connection, clock())
  if (supply === 'own') {
    await settleConnection(knex, connection, clock())
    // the nearest to a poll: what is committed and not yet shown is shown now
    stampSoon(knex)
  } else {
    // asked again at the next match, whatever kept it from being asked
    await endHold(knex, connection)
  }
}
