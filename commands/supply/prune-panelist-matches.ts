import type { Knex } from '../../db/connect.js'
import { deleteMatchesBefore } from '../../db/stores/panelist-match-store.js'
import { deleteRefreshesBefore } from '../../db/stores/panelist-refresh-store.js'

/** Forgets results and questions past their use, in the caller's transaction. @returns how many rows */
export async function prunePanelistMatches(
  trx: Knex,
  before: { readonly results: Date; readonly questions: Date },
): Promise<number> {
  const results = await deleteMatchesBefore(trx, before.results)
  const questions = await deleteRefreshesBefore(trx, before.questions)
  return results + questions
}
