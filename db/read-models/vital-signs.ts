import type { Knex } from '../connect.js'

/** The counts of the metrics page. Every query uses an index, independent of the size of the tables. */
export interface VitalSigns {
  /** Sessions created since an instant. */
  readonly sessions: readonly {
    readonly connection: string
    readonly state: string
    readonly outcome: string | null
    readonly count: number
  }[]
  /** Claims that no workflow has applied yet. */
  readonly claimsPending: number
  readonly postbacksPending: number
}

/** @param panels the configured panels, because the index of sessions is by panel and creation */
export async function readVitalSigns(knex: Knex, panels: readonly string[], since: Date): Promise<VitalSigns> {
  interface Counted {
    connection: string
    state: string
    outcome: string | null
    count: string
  }
  const [sessions, claims, postbacks] = (await Promise.all([
    knex('sessions')
      .select('connection', 'state', 'outcome')
      .count({ count: '*' })
      .whereIn('panel', [...panels])
      .where('created_at', '>=', since)
      .groupBy('connection', 'state', 'outcome'),
    knex('outcome_claims').whereNull('applied_at').count({ count: '*' }).first(),
    knex('postbacks').where({ state: 'pending' }).count({ count: '*' }).first(),
  ])) as [Counted[], { count: string } | undefined, { count: string } | undefined]
  return {
    sessions: sessions.map((row) => ({ ...row, count: Number(row.count) })),
    claimsPending: Number(claims?.count ?? 0),
    postbacksPending: Number(postbacks?.count ?? 0),
  }
}
