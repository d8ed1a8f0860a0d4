import type { Knex } from '../connect.js'

export interface Heartbeat {
  readonly part: 'worker' | 'janitor'
  /** Which process of it: host and process id. */
  readonly process: string
  /** The task queues that it serves. */
  readonly queues: readonly string[]
}

/** Rows of processes that were not heard of for this long, in minutes, say nothing any more once others were heard of. */
const KEPT_MINUTES = 10
/** A queue that nobody has served for this long is most likely not configured any more. */
const KEPT_DAYS = 7

/** Writes down that a process is there, by PostgreSQL's clock: machines need not agree on theirs. */
export async function beat(knex: Knex, { part, process, queues }: Heartbeat): Promise<void> {
  await knex.raw(
    `insert into heartbeats (part, process, queues, heard_at) values (?, ?, ?, clock_timestamp())
     on conflict (part, process) do update set queues = excluded.queues, heard_at = excluded.heard_at`,
    [part, process, [...queues]],
  )
}

/** A process that ends in order is not missed. */
export async function forgetHeartbeat(knex: Knex, { part, process }: Omit<Heartbeat, 'queues'>): Promise<void> {
  await knex('heartbeats').where({ part, process }).delete()
}

/**
 * Forgets processes that died long ago, where another of the same part is there: the last one that was heard of stays,
 * as it says since when there is none.
 * @returns how many
 */
export async function pruneHeartbeats(knex: Knex): Promise<number> {
  const { rowCount } = (await knex.raw(
    `delete from heartbeats h
      where h.part = 'worker' and h.heard_at < clock_timestamp() - make_interval(mins => ?)
        and (h.heard_at < clock_timestamp() - make_interval(days => ?) or not exists (
          select 1 from unnest(h.queues) as queue
           where not exists (
             select 1 from heartbeats o
              where o.part = h.part and queue = any (o.queues) and o.heard_at > h.heard_at)))`,
    [KEPT_MINUTES, KEPT_DAYS],
  )) as { rowCount: number }
  return rowCount
}
