import type { Knex } from '../connect.js'

/** Whether an operator's sign-in was revoked. */
export async function isSignedOut(knex: Knex, signIn: string): Promise<boolean> {
  return (await knex('operator_sign_outs').where({ sign_in: signIn }).first('sign_in')) !== undefined
}
