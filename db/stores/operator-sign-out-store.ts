import type { Knex } from '../connect.js'

/** Ends a sign-in for every process and for good. Rows of sign-ins that are over by themselves are deleted with it. */
export async function recordSignOut(knex: Knex, signIn: string, endsAt: Date, now: Date): Promise<void> {
  await knex('operator_sign_outs')
    .insert({ sign_in: signIn, ends_at: endsAt, signed_out_at: now })
    .onConflict('sign_in')
    .ignore()
  await knex('operator_sign_outs').where('ends_at', '<=', now).delete()
}

/** Whether a sign-in was ended before its time. */
export async function isSignedOut(knex: Knex, signIn: string): Promise<boolean> {
  return (await knex('operator_sign_outs').where({ sign_in: signIn }).first('sign_in')) !== undefined
}
