import type { Knex } from '../../db/connect.js'
import { tryLease } from '../../db/lease.js'
import { ensurePartitions } from '../../db/partitions.js'
import { pruneIdempotencyKeys } from '../../db/stores/idempotency-store.js'
import { giveUpLostDrivers } from '../../db/stores/plan-store.js'
import { prunePanelistMatches } from '../supply/prune-panelist-matches.js'

/** A plan this long past its finish date and still open has lost its workflow. */
const OVERDUE_MS = 10 * 60_000
/** At least 24 hours (docs/api.md, From an offer to the money). */
const IDEMPOTENCY_MS = 48 * 60 * 60_000
/** An offer stands for 15 minutes: what one panelist was offered is of no use for longer. */
const PANELIST_MATCH_MS = 30 * 60_000
/** A question is asked at once, or its workflow was lost. */
const QUESTION_MS = 10 * 60_000

/** Partitions made; idempotency keys and matches deleted; plans whose workflow is to be started again. */
export interface Tidied {
  readonly partitions: number
  readonly keys: number
  readonly matches: number
  readonly plans: number
}

/**
 * Makes the coming months' partitions and deletes what is past its time: idempotency keys, what panelists were offered,
 * and plans whose workflow was lost get another one from the next round of the janitor. One process at a time; another one
 * does nothing.
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
