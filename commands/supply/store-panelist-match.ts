import type { Knex } from '../../db/connect.js'
import type { RefreshInputs } from '../../db/rows/refresh-inputs.js'
import { blockPanelist } from '../../db/stores/block-store.js'
import { upsertPanelistMatch } from '../../db/stores/panelist-match-store.js'
import { deleteRefresh } from '../../db/stores/panelist-refresh-store.js'
import { surveyIdOf } from '../../db/survey-id.js'
import type { PanelistMatch } from '../../providers/adapter.js'

/**
 * Stores what a provider has for one panelist, in the place of what it had before, and deletes the question that was
 * asked, in one transaction. A panelist whom the provider does not want is blocked at the connection for as long as it
 * says.
 * @param refreshId the question
 */
export async function storePanelistMatch(
  knex: Knex,
  refreshId: string,
  { connection, panel, panelistId, panelistKey, circumstances }: RefreshInputs,
  match: PanelistMatch,
  now: Date,
): Promise<void> {
  const idOf = (providerSurveyId: string) => surveyIdOf(connection, providerSurveyId)
  await knex.transaction(async (trx) => {
    await upsertPanelistMatch(
      trx,
      {
        connection,
        panelistKey,
        circumstances,
        panel,
        panelistId,
        surveys: match.surveys.map((survey) => ({ surveyId: idOf(survey.providerSurveyId), survey })),
        offers: match.offers.map((offer) => ({ ...offer, surveyId: idOf(offer.survey.providerSurveyId) })),
        notice: match.notice,
        unpriced: match.unpriced,
        unreadable: match.unreadable.length,
      },
      now,
    )
    if (match.blockedForMs !== undefined) {
      const until = new Date(now.getTime() + match.blockedForMs)
      const reason = match.notice ?? 'the provider does not want this panelist'
      await blockPanelist(trx, { panel, panelistId, connection, surveyId: null, reason, until }, now)
    }
    await deleteRefresh(trx, refreshId)
  })
}
