import type { Knex } from '../connect.js'

/** A sign-in that was ended before its time. */
export interface SignOut {
  readonly signIn: string
  /** When the sign-in would have ended by itself. */
  readonly endsAt: Date
}

/** Safe to repeat. */
export async function insertSignOut(knex: Knex, { signIn, endsAt }: SignOut, now: Date): Promise<void> {
  await knex('operator_sign_outs')
    .insert({ sign_in: signIn, ends_at: endsAt, signed_out_at: now })
    .onConflict('sign_in')
    .ignore()
}

/** Deletes the rows of sign-ins that are over by themselves. */
export async function deleteEndedSignOuts(knex: Knex, now: Date): Promise<void> {
  await knex('operator_sign_outs').where('ends_at', '<=', now).delete()
}
