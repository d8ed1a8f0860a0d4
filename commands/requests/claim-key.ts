import type { Knex } from '../../db/connect.js'
import {
  findIdempotencyKey,
  type IdempotencyKey,
  insertIdempotencyKey,
  takeIdempotencyLock,
} from '../../db/stores/idempotency-store.js'

/** The state of an Idempotency-Key for a request (docs/api.md, From an offer to the money). */
export type IdempotencyClaim =
  /** This request is the first, or takes over from an interrupted one; then `sessionId` is what that one stored. */
  | { readonly kind: 'mine'; readonly sessionId: string | null }
  | { readonly kind: 'done'; readonly status: number; readonly body: unknown }
  /** The first request is still in progress. */
  | { readonly kind: 'busy' }
  /** The key was used with another body. */
  | { readonly kind: 'conflict' }

/** Locks an Idempotency-Key for a request until `lockedUntil`, or until the request is answered. */
export async function claimIdempotencyKey(
  knex: Knex,
  key: IdempotencyKey,
  now: Date,
  lockedUntil: Date,
): Promise<IdempotencyClaim> {
  if (await insertIdempotencyKey(knex, key, lockedUntil)) return { kind: 'mine', sessionId: null }
  const row = await findIdempotencyKey(knex, key.panel, key.key)
  // released between the two statements: the next attempt takes it
  if (row === null) return { kind: 'busy' }
  if (row.request_hash !== key.requestHash) return { kind: 'conflict' }
  if (row.status !== null) return { kind: 'done', status: row.status, body: row.body }
  const taken = await takeIdempotencyLock(knex, key, now, lockedUntil)
  return taken === null ? { kind: 'busy' } : { kind: 'mine', sessionId: taken.sessionId }
}
