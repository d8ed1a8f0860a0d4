import type { Knex } from '../connect.js'
import type { MatchKey, OwnPartnerOffer, OwnSurvey, PartnerOfferJson } from '../rows/panelist-match.js'
import { surveyToJson } from './survey-json.js'

export interface NewPanelistMatch extends MatchKey {
  readonly panel: string
  readonly panelistId: string
  readonly surveys: readonly OwnSurvey[]
  readonly offers: readonly OwnPartnerOffer[]
  readonly notice: string | null
  readonly unpriced: number
  readonly unreadable: number
}

/** Stores or replaces a provider's matches for one panelist. */
export async function upsertPanelistMatch(trx: Knex, match: NewPanelistMatch, now: Date): Promise<void> {
  const surveys = Object.fromEntries(match.surveys.map(({ surveyId, survey }) => [surveyId, surveyToJson(survey)]))
  const offers = Object.fromEntries(
    match.offers.map(({ surveyId, survey, ...shown }): [string, PartnerOfferJson] => [
      surveyId,
      { ...shown, survey: surveyToJson(survey) },
    ]),
  )
  const content = {
    surveys: JSON.stringify(surveys),
    offers: JSON.stringify(offers),
    notice: match.notice,
    unpriced: match.unpriced,
    unreadable: match.unreadable,
    refreshed_at: now,
  }
  await trx('panelist_matches')
    .insert({
      connection: match.connection,
      panelist_key: match.panelistKey,
      circumstances: match.circumstances,
      panel: match.panel,
      panelist_id: match.panelistId,
      ...content,
    })
    .onConflict(['connection', 'panelist_key', 'circumstances'])
    .merge(content)
}

/** Deletes matches that are older than a time. @returns how many */
export async function deleteMatchesBefore(trx: Knex, before: Date): Promise<number> {
  return trx('panelist_matches').where('refreshed_at', '<', before).delete()
}
