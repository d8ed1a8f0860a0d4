import type { HeardParts } from '../../db/read-models/heard-parts.js'
import { JANITOR_SILENT_MS, seconds, WORKER_SILENT_MS } from '../../domain/heard.js'
import type { NeededQueue } from '../../domain/task-queues.js'
import { type Finding, fault, ok } from './finding.js'

/** Checks the heartbeats in PostgreSQL, because a frozen worker still counts as a poller in Temporal. */
export function checkHeard(heard: HeardParts, queues: readonly NeededQueue[]): Finding[] {
  const names = [...new Set(queues.map(({ name }) => name))]
  const silentMs = (queue: string) => heard.queues.get(queue) ?? Number.POSITIVE_INFINITY
  const silent = names.filter((queue) => silentMs(queue) > WORKER_SILENT_MS)
  const groups = [...new Set(queues.filter(({ name }) => silent.includes(name)).map(({ group }) => group))]
  return [
    silent.length === 0
      ? ok('heartbeats', 'every queue has a worker with a recent heartbeat')
      : fault(
          'heartbeats',
          silent.map((queue) => `${queue}: ${heardFor(silentMs(queue))}`).join(', '),
          `check whether a worker hangs, or start one: npm run worker -- --queues ${groups.join(',')}`,
        ),
    ...(heard.janitorSilentMs !== null && heard.janitorSilentMs <= JANITOR_SILENT_MS
      ? [ok('heartbeats', 'the janitor has a recent heartbeat')]
      : [
          fault(
            'heartbeats',
            `the janitor: ${heardFor(heard.janitorSilentMs ?? Number.POSITIVE_INFINITY)}`,
            'it needs Temporal and a worker: npm run worker -- --queues sessions',
          ),
        ]),
  ]
}

const heardFor = (silentMs: number): string =>
  Number.isFinite(silentMs) ? `no heartbeat for ${seconds(silentMs)}` : 'no heartbeat yet'
