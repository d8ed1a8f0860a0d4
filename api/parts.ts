import type { HeardParts } from '../db/read-models/heard-parts.js'
import { JANITOR_SILENT_MS, seconds, WORKER_SILENT_MS } from '../domain/heard.js'
import { neededQueues } from '../domain/task-queues.js'
import type { ApiDependencies } from './dependencies.js'

/** The state of a background part of the installation; `detail` says what is wrong with it. */
export interface PartStanding {
  readonly ok: boolean
  readonly detail: string | null
}

/** The task queues that this configuration needs workers for (docs/architecture.md, "Processes"). */
export function queuesOf({ config, findUpstream }: Pick<ApiDependencies, 'config' | 'findUpstream'>): string[] {
  const served = config.connections.flatMap(({ id }) => {
    const adapter = findUpstream(id)?.adapter
    return adapter === undefined ? [] : [{ id, polled: adapter.feed !== undefined }]
  })
  return neededQueues(served).map(({ name }) => name)
}

/** The state of the workers: every queue must have one with a recent heartbeat. */
export function workersStanding(heard: HeardParts, needed: readonly string[]): PartStanding {
  const silent = needed.filter((queue) => (heard.queues.get(queue) ?? Number.POSITIVE_INFINITY) > WORKER_SILENT_MS)
  if (silent.length === 0) return { ok: true, detail: null }
  const last = Math.min(...silent.map((queue) => heard.queues.get(queue) ?? Number.POSITIVE_INFINITY))
  const forHow = Number.isFinite(last) ? `for ${seconds(last)}` : 'yet'
  const which = silent.length === needed.length ? 'any queue' : `${silent.length} of ${needed.length} queues`
  return { ok: false, detail: `no worker on ${which} has sent a heartbeat ${forHow}` }
}

/** The state of the janitor; its round needs Temporal, a worker and PostgreSQL together. */
export function janitorStanding({ janitorSilentMs }: HeardParts): PartStanding {
  if (janitorSilentMs === null) return { ok: false, detail: 'the janitor has not reported a round yet' }
  if (janitorSilentMs <= JANITOR_SILENT_MS) return { ok: true, detail: null }
  return { ok: false, detail: `the janitor has not reported a round for ${seconds(janitorSilentMs)}` }
}
