import type { Knex } from '../connect.js'

/** The last heartbeats of workers and of the janitor. */
export interface HeardParts {
  /** Milliseconds since the last heartbeat of any worker on a queue, by queue. */
  readonly queues: ReadonlyMap<string, number>
  /** Processes with a stored heartbeat, the oldest heartbeat first. */
  readonly workers: readonly { readonly process: string; readonly silentMs: number }[]
  /** Null = never. */
  readonly janitorSilentMs: number | null
}

/** Uses PostgreSQL's clock, which also wrote the timestamps. */
export async function readHeardParts(knex: Knex): Promise<HeardParts> {
  const { rows } = (await knex.raw(
    `select part, process, queues,
            greatest(0, extract(epoch from clock_timestamp() - heard_at) * 1000)::float8 as "silentMs"
       from heartbeats order by heard_at`,
  )) as { rows: { part: 'worker' | 'janitor'; process: string; queues: string[]; silentMs: number }[] }
  const workers = rows.filter(({ part }) => part === 'worker')
  const janitors = rows.filter(({ part }) => part === 'janitor').map(({ silentMs }) => silentMs)
  // ordered by heartbeat, so that a later one replaces an earlier one
  const queues = new Map(workers.flatMap(({ queues: served, silentMs }) => served.map((queue) => [queue, silentMs])))
  return {
    queues,
    workers: workers.map(({ process, silentMs }) => ({ process, silentMs })),
    janitorSilentMs: janitors.length === 0 ? null : Math.min(...janitors),
  }
}
