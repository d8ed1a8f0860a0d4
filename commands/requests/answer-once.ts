import { setTimeout as delay } from 'node:timers/promises'
import type { Knex } from '../../db/connect.js'
import {
  type IdempotencyKey,
  releaseIdempotencyKey,
  settleIdempotencyKey,
  unlockIdempotencyKey,
} from '../../db/stores/idempotency-store.js'
import { claimIdempotencyKey, type IdempotencyClaim } from './claim-key.js'

/** The lock of a request, in milliseconds; after it another request may take the key over. */
const LOCK_MS = 20_000
/**
 * How long to wait for a request in progress: a create takes at most this, unless its process froze; then the caller
 * retries.
 */
const PATIENCE_MS = 8_500
const LOOK_AGAIN_MS = 75

export interface OnceDependencies {
  readonly knex: Knex
  readonly clock: () => Date
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** The result of a request with an Idempotency-Key. */
export type Once =
  /** `replayed`: it is the stored answer of an earlier request. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly replayed: boolean }
  /** The first request is still in progress. */
  | { readonly kind: 'busy' }
  /** The key was used with another body. */
  | { readonly kind: 'conflict' }

/**
 * Does work once for an Idempotency-Key (docs/api.md, From an offer to the money): the same key and body get the stored
 * answer; waits for a request in progress. Stores only what the work returns, never what it throws.
 * @param work gets the session that an interrupted attempt with the key has stored
 * @param isRefusal true for an error that answers the request; then the next request with the key starts over
 */
export async function answerOnce(
  deps: OnceDependencies,
  key: IdempotencyKey,
  work: (resumed: string | null) => Promise<Answer>,
  isRefusal: (error: unknown) => boolean,
): Promise<Once> {
  const claim = await claimOrWait(deps, key)
  switch (claim.kind) {
    case 'done':
      return { kind: 'answered', answer: { status: claim.status, body: claim.body }, replayed: true }
    case 'conflict':
    case 'busy':
      return claim
    case 'mine': {
      const answer = await workOrLetGo(deps, key, () => work(claim.sessionId), isRefusal)
      await settleIdempotencyKey(deps.knex, key.panel, key.key, answer.status, answer.body)
      return { kind: 'answered', answer, replayed: false }
    }
  }
}

async function claimOrWait(deps: OnceDependencies, key: IdempotencyKey): Promise<IdempotencyClaim> {
  const giveUpAt = deps.clock().getTime() + PATIENCE_MS
  for (;;) {
    const now = deps.clock()
    const claim = await claimIdempotencyKey(deps.knex, key, now, new Date(now.getTime() + LOCK_MS))
    if (claim.kind !== 'busy' || now.getTime() > giveUpAt) return claim
    await delay(LOOK_AGAIN_MS)
  }
}

async function workOrLetGo(
  { knex, clock }: OnceDependencies,
  { panel, key }: IdempotencyKey,
  work: () => Promise<Answer>,
  isRefusal: (error: unknown) => boolean,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    // refused: release the key, so that the next request starts over. Interrupted: unlock it, so that the next request
    // resumes with the stored session. While PostgreSQL is unavailable neither can be written, and the lock expires
    const letGo = isRefusal(error)
      ? releaseIdempotencyKey(knex, panel, key)
      : unlockIdempotencyKey(knex, panel, key, clock())
    await letGo.catch(() => undefined)
    throw error
  }
}
