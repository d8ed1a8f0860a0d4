import type { Knex } from '../../db/connect.js'
import { checkInvariants, invariants } from '../../db/invariants/check.js'
import { isMigrated } from '../../db/migrate.js'
import { readServerFacts } from '../../db/read-models/server-facts.js'
import { type Finding, fault, ok, warn, wordsOf } from './finding.js'

const OLDEST_POSTGRES = 14
const SKEW_WARN_MS = 1_000
/** Signed tokens and leases are compared across clocks; beyond the tolerance of `clock_skew` they fail. */
const SKEW_FAULT_MS = 30_000

/** Checks PostgreSQL, its role, its clock, its schema and the invariants of its data. */
export async function checkDatabase(knex: Knex): Promise<Finding[]> {
  const found: Finding[] = []
  const before = Date.now()
  try {
    const facts = await readServerFacts(knex)
    const after = Date.now()
    found.push(
      facts.majorVersion >= OLDEST_POSTGRES
        ? ok('PostgreSQL', `${facts.version}, as ${facts.role}`)
        : fault('PostgreSQL', `${facts.version} is too old`, `use PostgreSQL ${OLDEST_POSTGRES} or newer`),
      clockFinding(skewOf(facts.now.getTime(), before, after)),
    )
    if (facts.readOnly) found.push(fault('PostgreSQL', 'is read only', 'DATABASE_URL must name the primary'))
  } catch (error) {
    found.push(fault('PostgreSQL', wordsOf(error), databaseWayOut(error)))
    return found
  }
  try {
    if (!(await isMigrated(knex))) {
      found.push(fault('schema', 'migrations are missing', 'npm run migrate (npm start does it by itself)'))
      return found
    }
    found.push(ok('schema', 'every migration has run'))
    const broken = await checkInvariants(knex)
    found.push(
      ...(broken.length === 0 ? [ok('invariants', `${invariants.length} hold`)] : []),
      ...broken.map(({ invariant, rows }) =>
        fault('invariants', `${invariant.id}: ${invariant.promise} (${rows.length} rows)`, 'npm run invariants'),
      ),
    )
  } catch (error) {
    found.push(fault('schema', wordsOf(error), 'npm run migrate (npm start does it by itself)'))
  }
  return found
}

/** The least difference between PostgreSQL's clock and ours: the query's own round trip is left out. */
export function skewOf(theirs: number, before: number, after: number): number {
  if (theirs < before) return theirs - before
  return theirs > after ? theirs - after : 0
}

/** @param skewMs PostgreSQL's clock less ours */
export function clockFinding(skewMs: number): Finding {
  const apart = `${(Math.abs(skewMs) / 1_000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} this machine's`
  const wayOut = 'synchronise the clocks (NTP) of this machine and of the database'
  if (Math.abs(skewMs) >= SKEW_FAULT_MS) return fault('clock', `PostgreSQL's is ${apart}`, wayOut)
  if (Math.abs(skewMs) >= SKEW_WARN_MS) return warn('clock', `PostgreSQL's is ${apart}`, wayOut)
  return ok('clock', "PostgreSQL's agrees with this machine's")
}

function databaseWayOut(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  if (code === '22023' || code === '42704' || code === '42501')
    return 'npm run migrate as an owner who can create the role tributary_app, and make the role of DATABASE_URL a member of it'
  if (code === '28P01' || code === '28000') return 'correct the user and password in DATABASE_URL'
  if (code === '3D000') return 'create the database that DATABASE_URL names, then npm run migrate'
  return 'start it (npm start brings its own), or correct DATABASE_URL'
}
