import type { Knex } from '../../db/connect.js'
import { tryLease } from '../../db/lease.js'
import { ensurePartitions } from '../../db/partitions.js'
import { pruneIdempotencyKeys } from '../../db/stores/idempotency-store.js'
import { giveUpLostDrivers } from '../../db/stores/plan-store.js'
import { prunePanelistMatches } from '../supply/prune-panelist-matches.js'

/** A plan that is still open this long after its finish date has lost its workflow. */
const OVERDUE_MS = 10 * 60_000
/** At least 24 hours (docs/api.md, From an offer to the money). */
const IDEMPOTENCY_MS = 48 * 60 * 60_000
/** Offers expire after 15 minutes, so that older matches of a panelist are unused. */
const PANELIST_MATCH_MS = 30 * 60_000
/** A refresh starts immediately; an older row means that its workflow was lost. */
const QUESTION_MS = 10 * 60_000

/** Counts: partitions created; idempotency keys and matches deleted; plans whose workflow the janitor must restart. */
export interface Tidied {
  readonly partitions: number
  readonly keys: number
  readonly matches: number
  readonly plans: number
}

/**
 * Creates the partitions of the coming months, deletes expired idempotency keys and matches of panelists, and marks
 * plans whose workflow was lost, so that the janitor's next round restarts them. One process at a time; the others do
 * nothing.
 */
export async function tidy({ knex, clock }: { readonly knex: Knex; readonly clock: () => Date }): Promise<Tidied> {
  const before = (ms: number) => new Date(clock().getTime() - ms)
  const done = await tryLease(knex, async (trx) => ({
    partitions: await ensurePartitions(trx),
    keys: await pruneIdempotencyKeys(trx, before(IDEMPOTENCY_MS)),
    matches: await prunePanelistMatches(trx, { results: before(PANELIST_MATCH_MS), questions: before(QUESTION_MS) }),
    plans: await giveUpLostDrivers(trx, before(OVERDUE_MS)),
  }))
  return done ?? { partitions: 0, keys: 0, matches: 0, plans: 0 }
}
