import type { Knex } from '../connect.js'

/** A key as a panel sent it, and the hash of the body it came with. */
export interface IdempotencyKey {
  readonly panel: string
  readonly key: string
  readonly requestHash: string
}

/** A row of `idempotency_keys`. */
export interface IdempotencyRow {
  readonly request_hash: string
  /** The answer every repeat gets; both null while the request is under way. */
  readonly status: number | null
  readonly body: unknown
}

/** @returns false when the panel has used the key: the unique key decides */
export async function insertIdempotencyKey(knex: Knex, key: IdempotencyKey, lockedUntil: Date): Promise<boolean> {
  const inserted = await knex('idempotency_keys')
    .insert({ panel: key.panel, key: key.key, request_hash: key.requestHash, locked_until: lockedUntil })
    .onConflict(['panel', 'key'])
    .ignore()
    .returning('key')
  return inserted.length > 0
}

export async function findIdempotencyKey(knex: Knex, panel: string, key: string): Promise<IdempotencyRow | null> {
  return (await knex('idempotency_keys').where({ panel, key }).first()) ?? null
}

/**
 * Takes the lock of a key whose request has not been answered and whose lock has run out. Compare-and-set: of several
 * requests one gets it.
 * @returns the session that is bound to the key; null when the lock was not free
 */
export async function takeIdempotencyLock(
  knex: Knex,
  { panel, key }: Pick<IdempotencyKey, 'panel' | 'key'>,
  now: Date,
  lockedUntil: Date,
): Promise<{ readonly sessionId: string | null } | null> {
  const [taken] = await knex('idempotency_keys')
    .where({ panel, key, status: null })
    .where('locked_until', '<', now)
    .update({ locked_until: lockedUntil })
    .returning('session_id')
  return taken === undefined ? null : { sessionId: taken.session_id }
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

/** Forgets the answers of old requests. @returns how many */
export async function pruneIdempotencyKeys(trx: Knex, olderThan: Date): Promise<number> {
  return trx('idempotency_keys').where('created_at', '<', olderThan).delete()
}
