import type { ConnectionOverview } from '../../db/read-models/connection-overview.js'
import { DEFAULT_POLL_EVERY_MS, heardConnection } from '../../domain/heard.js'
import type { ServedConnection } from '../served-connections.js'
import { type Finding, fault, ok, warn } from './finding.js'

/** The properties of a connection that decide its finding. */
export type ConfiguredConnection = Pick<ServedConnection, 'id' | 'provider' | 'supply' | 'pollEveryMs' | 'staleAfter'>

/** One line for each configured connection: the state that its poll loop reports. */
export function checkConnections(
  configured: readonly ConfiguredConnection[],
  rows: readonly ConnectionOverview[],
  now: Date,
): Finding[] {
  if (configured.length === 0) {
    return [warn('connections', 'none are configured', 'add one under connections: see tributary.example.yaml')]
  }
  const byId = new Map(rows.map((row) => [row.connection, row]))
  return configured.map((one) => {
    const part = `connection ${one.id}`
    const row = byId.get(one.id)
    if (row === undefined) {
      // without its row no panelist can enter a plan of ours, and no poll runs
      return warn(
        part,
        one.supply === 'polled' ? 'was never polled' : 'was never opened by a worker',
        'start a worker: npm run worker -- --queues supply',
      )
    }
    return standing(part, one, row, now)
  })
}

function standing(
  part: string,
  { id, supply, pollEveryMs, staleAfter }: ConfiguredConnection,
  row: ConnectionOverview,
  now: Date,
): Finding {
  const { lastSuccessAt, failStreak, surveysOpen, quarantined } = row
  const streak = failStreak === 0 ? '' : `, ${failStreak} polls failed in a row`
  const reason = row.reason === null ? '' : `: ${row.reason}`
  if (row.paused) return warn(part, `paused${reason}`, `POST /v1/ops/connections/${id}/resume, or the button on /ops`)
  if (row.state === 'blocked') {
    const wayOut = 'correct its key or settings and restart; /ops and its workflow have the details'
    return fault(part, `blocked${reason}${streak}`, wayOut)
  }
  const age = lastSuccessAt === null ? null : now.getTime() - lastSuccessAt.getTime()
  // a provider that matches panelist by panelist is not polled, so its last success may be old
  if (supply === 'polled' && age !== null && age > staleAfter) {
    const wayOut = 'see its workflow in the Temporal UI, and whether a worker serves supply'
    return fault(
      part,
      `no good poll for ${Math.round(age / 1_000)} s: its surveys are not offered${reason}${streak}`,
      wayOut,
    )
  }
  const heard = heardConnection(row, pollEveryMs ?? DEFAULT_POLL_EVERY_MS, null, now)
  if (supply === 'polled' && heard.silent) {
    return fault(
      part,
      `${heard.reason ?? 'no good poll'}${streak}`,
      'start or restart a worker: npm run worker -- --queues supply',
    )
  }
  if (row.state === 'degraded') return warn(part, `degraded${reason}${streak}`, 'it retries by itself; watch /ops')
  const open = `${surveysOpen} ${supply === 'own' ? 'plans of our buyers' : 'surveys'} open`
  const stock = supply === 'asked' ? 'called panelist by panelist' : open
  if (quarantined > 0) {
    return warn(part, `${row.state}, ${stock}, ${quarantined} records in quarantine`, 'read the reasons on /ops')
  }
  return ok(part, `${row.state}, ${stock}`)
}
