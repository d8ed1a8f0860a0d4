import type { Knex } from '../connect.js'

/** A key as sent by a panel, and the hash of the request body. */
export interface IdempotencyKey {
  readonly panel: string
  readonly key: string
  readonly requestHash: string
}

/** A row of `idempotency_keys`. */
export interface IdempotencyRow {
  readonly request_hash: string
  /** The answer for every repeat; both null while the request is in progress. */
  readonly status: number | null
  readonly body: unknown
}

/** @returns false when the panel has already used the key (unique key) */
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
 * Takes the lock of a key whose request is unanswered and whose lock has expired. Compare-and-set: one of several
 * requests gets it.
 * @returns the session bound to the key; null = the lock is held
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

/** Binds the key to its session, in the session's transaction. */
export async function bindIdempotencyKey(trx: Knex, panel: string, key: string, sessionId: string): Promise<void> {
  await trx('idempotency_keys').where({ panel, key }).update({ session_id: sessionId })
}

/** Stores the answer for every repeat. */
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

/** Deletes a key whose request was refused, because only 2xx answers are stored. */
export async function releaseIdempotencyKey(knex: Knex, panel: string, key: string): Promise<void> {
  await knex('idempotency_keys').where({ panel, key, status: null }).delete()
}

/** Releases the lock of an interrupted request, so that the next one resumes immediately with the stored session. */
export async function unlockIdempotencyKey(knex: Knex, panel: string, key: string, now: Date): Promise<void> {
  await knex('idempotency_keys')
    .where({ panel, key, status: null })
    .update({ locked_until: new Date(now.getTime() - 1) })
}

/** Deletes old keys. @returns how many */
export async function pruneIdempotencyKeys(trx: Knex, olderThan: Date): Promise<number> {
  return trx('idempotency_keys').where('created_at', '<', olderThan).delete()
}
