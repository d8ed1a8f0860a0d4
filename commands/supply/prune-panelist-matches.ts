import type { Knex } from '../../db/connect.js'
import { deleteMatchesBefore } from '../../db/stores/panelist-match-store.js'
import { deleteRefreshesBefore } from '../../db/stores/panelist-refresh-store.js'

/** Deletes expired matches and refresh requests, in the caller's transaction. @returns the number of rows */
export async function prunePanelistMatches(
  trx: Knex,
  before: { readonly results: Date; readonly questions: Date },
): Promise<number> {
  const results = await deleteMatchesBefore(trx, before.results)
  const questions = await deleteRefreshesBefore(trx, before.questions)
  return results + questions
}
