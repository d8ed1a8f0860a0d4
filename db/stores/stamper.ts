import type { Knex } from '../connect.js'
import { rows } from '../raw.js'

/** The channel that wakes the matching index; the payload is the newest revision. */
export const CATALOGUE_CHANNEL = 'tributary_catalogue'

/** The advisory lock for assigning revisions. */
const STAMP_LOCK = 7_411_002
const CHUNK = 5_000

/**
 * Assigns a revision to every committed change of a survey (docs/matching.md, Freshness). Writers call it after their
 * commit. A lock, released after the commit is visible, serializes stampers, so that revisions become visible in order
 * over all connections and a reader that follows `revision > last` misses nothing. Skips a row that another writer has
 * locked; that writer stamps it.
 * @returns how many rows were stamped, and the newest revision among them (null = none)
 */
export async function stampRevisions(knex: Knex, chunk = CHUNK): Promise<{ stamped: number; revision: string | null }> {
  let stamped = 0
  let revision: string | null = null
  for (;;) {
    const answer = await stampChunk(knex, chunk)
    stamped += answer.stamped
    revision = answer.revision ?? revision
    if (answer.stamped < chunk) return { stamped, revision }
  }
}

async function stampChunk(knex: Knex, chunk: number): Promise<{ stamped: number; revision: string | null }> {
  const dirty = await knex('surveys').select(knex.raw('1')).where({ dirty: true }).first()
  if (dirty === undefined) return { stamped: 0, revision: null }
  return knex.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [STAMP_LOCK])
    const [counted] = await rows<{ stamped: number; revision: string | null }>(
      trx,
      `with changed as (
         select survey_id from surveys where dirty limit ? for update skip locked
       ), stamped as (
         update surveys s set revision = nextval('catalogue_revision'), dirty = false
           from changed c where c.survey_id = s.survey_id returning s.revision
       )
       select count(*)::int as stamped, max(revision)::text as revision from stamped`,
      [chunk],
    )
    const { stamped = 0, revision = null } = counted ?? {}
    if (revision !== null) await trx.raw('select pg_notify(?, ?)', [CATALOGUE_CHANNEL, revision])
    return { stamped, revision }
  })
}
