import type { Knex } from '../connect.js'

/** The connection, of the given ones, that has a quota; null = none. */
export async function findQuotaOwner(
  knex: Knex,
  connections: readonly string[],
  { quotaId, providerSurveyId }: { readonly quotaId: string; readonly providerSurveyId: string },
): Promise<string | null> {
  const row = await knex('surveys')
    .whereIn('connection', [...connections])
    .where({ provider_survey_id: providerSurveyId })
    .whereNot({ status: 'withdrawn' })
    .whereRaw("survey -> 'quotas' @> ?::jsonb", [JSON.stringify([{ quotaId }])])
    .first('connection')
  return row?.connection ?? null
}
