import type { Knex } from '../connect.js'

/** What became of the first request with a key (Stripe's semantics, contract §4). */
export type IdempotencyClaim =
  /** This request is the first, or takes over from one that died; then `sessionId` is what it had stored. */
  | { readonly kind: 'mine'; readonly sessionId: string | null }
  | { readonly kind: 'done'; readonly status: number; readonly body: unknown }
  /** The first request is still under way. */
  | { readonly kind: 'busy' }
  /** The key was used with another body. */
  | { readonly kind: 'conflict' }

/** Takes an Idempotency-Key for a request, until `lockedUntil` unless it is settled before. */
export async function claimIdempotencyKey(
  knex: Knex,
  key: { readonly panel: string; readonly key: string; readonly requestHash: string },
  now: Date,
  lockedUntil: Date,
): Promise<IdempotencyClaim> {
  const inserted = await knex('idempotency_keys')
    .insert({ panel: key.panel, key: key.key, request_hash: key.requestHash, locked_until: lockedUntil })
    .onConflict(['panel', 'key'])
    .ignore()
    .returning('key')
  if (inserted.length > 0) return { kind: 'mine', sessionId: null }

  const row = await knex('idempotency_keys').where({ panel: key.panel, key: key.key }).first()
  // released between the two statements: the next try takes it
  if (row === undefined) return { kind: 'busy' }
  if (row.request_hash !== key.requestHash) return { kind: 'conflict' }
  if (row.status !== null) return { kind: 'done', status: row.status, body: row.body }
  const taken = await knex('idempotency_keys')
    .where({ panel: key.panel, key: key.key, status: null })
    .where('locked_until', '<', now)
    .update({ locked_until: lockedUntil })
    .returning('session_id')
  return taken.length > 0 ? { kind: 'mine', sessionId: taken[0].session_id } : { kind: 'busy' }
}

/** Ties the key to the session it made, in the session's own transaction. */
export async function bindIdempotencyKey(trx: Knex, panel: string, key: string, sessionId: string): Promise<void> {
  await trx('idempotency_keys').where({ panel, key }).update({ session_id: sessionId })
}

/** Stores the answer which every repeat gets. */
export async function settleIdempotencyKey(
  knex: Knex,
  panel: string,
  key: string,
  status: number,
  body: unknown,
): Promise<void> {
  await knex('idempotency_keys')
    .where({ panel, key })
    .update({ status, body: JSON.stringify(body) })
}

/** Forgets a key whose request was refused: only 2xx answers are kept. */
export async function releaseIdempotencyKey(knex: Knex, panel: string, key: string): Promise<void> {
  await knex('idempotency_keys').where({ panel, key, status: null }).delete()
}

/** Lets the next request with the key go on at once where this one broke off: with the session it had stored. */
export async function unlockIdempotencyKey(knex: Knex, panel: string, key: string, now: Date): Promise<void> {
  await knex('idempotency_keys')
    .where({ panel, key, status: null })
    .update({ locked_until: new Date(now.getTime() - 1) })
}
