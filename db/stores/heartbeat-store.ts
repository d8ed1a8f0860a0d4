import type { Knex } from '../connect.js'

export interface Heartbeat {
  readonly part: 'worker' | 'janitor'
  /** Host and process id. */
  readonly process: string
  /** Its task queues. */
  readonly queues: readonly string[]
}

/** In minutes: rows with an older heartbeat are deleted if other processes with a newer one serve their queues. */
const KEPT_MINUTES = 10
/** In days: rows with an older heartbeat are deleted, because their queues are probably no longer configured. */
const KEPT_DAYS = 7

/** Stores a heartbeat of a process, by PostgreSQL's clock, because the clocks of machines may differ. */
export async function beat(knex: Knex, { part, process, queues }: Heartbeat): Promise<void> {
  await knex.raw(
    `insert into heartbeats (part, process, queues, heard_at) values (?, ?, ?, clock_timestamp())
     on conflict (part, process) do update set queues = excluded.queues, heard_at = excluded.heard_at`,
    [part, process, [...queues]],
  )
}

/** Deletes the heartbeat of a process that shuts down. */
export async function forgetHeartbeat(knex: Knex, { part, process }: Omit<Heartbeat, 'queues'>): Promise<void> {
  await knex('heartbeats').where({ part, process }).delete()
}

/**
 * Deletes the rows of dead workers whose queues other workers serve. Keeps the last row of a queue, because it has the
 * time of the last heartbeat.
 * @returns the number of deleted rows
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
