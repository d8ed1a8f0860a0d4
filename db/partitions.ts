import type { Knex } from './connect.js'

/** Creates the coming months' partitions of every partitioned table. @returns how many were missing */
export async function ensurePartitions(trx: Knex): Promise<number> {
  const { rows } = (await trx.raw('select ensure_partitions(2) as made')) as { rows: { made: number }[] }
  return rows[0]?.made ?? 0
}
