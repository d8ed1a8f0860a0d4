import { setTimeout as delay } from 'node:timers/promises'
import type { Knex } from '../../db/connect.js'
import {
  type IdempotencyKey,
  releaseIdempotencyKey,
  settleIdempotencyKey,
  unlockIdempotencyKey,
} from '../../db/stores/idempotency-store.js'
import { claimIdempotencyKey, type IdempotencyClaim } from './claim-key.js'

/** A request that died is taken over after this, in milliseconds. */
const LOCK_MS = 20_000
/** One under way is waited for: no create takes longer, unless its process is frozen; then the caller tries again. */
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

/** What a request with an Idempotency-Key came to. */
export type Once =
  /** `replayed`: it is the stored answer of an earlier request. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly replayed: boolean }
  /** The first request is still under way. */
  | { readonly kind: 'busy' }
  /** The key was used with another body. */
  | { readonly kind: 'conflict' }

/**
 * Does work once for an Idempotency-Key (docs/api.md, From an offer to the money): the same key and body get the stored answer, and a
 * request under way is waited for. Only what the work returns is stored, never what it throws.
 * @param work gets the session which an earlier attempt with the key had stored before it died
 * @param isRefusal true for an error that answers the request: then the next request with the key starts from the beginning
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
    // refused: the next request with the key starts from the beginning. Broken off: it goes on with the session that may
    // be stored. Neither can be written while PostgreSQL is away; then the lock runs out
    const letGo = isRefusal(error)
      ? releaseIdempotencyKey(knex, panel, key)
      : unlockIdempotencyKey(knex, panel, key, clock())
    await letGo.catch(() => undefined)
    throw error
  }
}
