import type { Knex } from '../connect.js'

/** A revoked sign-in. */
export interface SignOut {
  readonly signIn: string
  /** When the sign-in would have expired. */
  readonly endsAt: Date
}

/** Stores a revocation. Idempotent. */
export async function insertSignOut(knex: Knex, { signIn, endsAt }: SignOut, now: Date): Promise<void> {
  await knex('operator_sign_outs')
    .insert({ sign_in: signIn, ends_at: endsAt, signed_out_at: now })
    .onConflict('sign_in')
    .ignore()
}

/** Deletes the rows of expired sign-ins. */
export async function deleteEndedSignOuts(knex: Knex, now: Date): Promise<void> {
  await knex('operator_sign_outs').where('ends_at', '<=', now).delete()
}
