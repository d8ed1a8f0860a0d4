import type { Knex } from '../../db/connect.js'
import {
  findIdempotencyKey,
  type IdempotencyKey,
  insertIdempotencyKey,
  takeIdempotencyLock,
} from '../../db/stores/idempotency-store.js'

/** What became of the first request with an Idempotency-Key (docs/api.md, From an offer to the money). */
export type IdempotencyClaim =
  /** This request is the first, or takes over from one that died; then `sessionId` is what that one had stored. */
  | { readonly kind: 'mine'; readonly sessionId: string | null }
  | { readonly kind: 'done'; readonly status: number; readonly body: unknown }
  /** The first request is still under way. */
  | { readonly kind: 'busy' }
  /** The key was used with another body. */
  | { readonly kind: 'conflict' }

/** Takes an Idempotency-Key for a request, until `lockedUntil` unless the request is answered before. */
export async function claimIdempotencyKey(
  knex: Knex,
  key: IdempotencyKey,
  now: Date,
  lockedUntil: Date,
): Promise<IdempotencyClaim> {
  if (await insertIdempotencyKey(knex, key, lockedUntil)) return { kind: 'mine', sessionId: null }
  const row = await findIdempotencyKey(knex, key.panel, key.key)
  // released between the two statements: the next try takes it
  if (row === null) return { kind: 'busy' }
  if (row.request_hash !== key.requestHash) return { kind: 'conflict' }
  if (row.status !== null) return { kind: 'done', status: row.status, body: row.body }
  const taken = await takeIdempotencyLock(knex, key, now, lockedUntil)
  return taken === null ? { kind: 'busy' } : { kind: 'mine', sessionId: taken.sessionId }
}
