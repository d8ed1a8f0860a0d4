import type { Knex } from '../../db/connect.js'
import type { RefreshInputs } from '../../db/rows/refresh-inputs.js'
import { blockPanelist } from '../../db/stores/block-store.js'
import { upsertPanelistMatch } from '../../db/stores/panelist-match-store.js'
import { deleteRefresh } from '../../db/stores/panelist-refresh-store.js'
import { surveyIdOf } from '../../db/survey-id.js'
import type { PanelistMatch } from '../../providers/adapter.js'

/**
 * Replaces a provider's matches for one panelist and deletes the refresh request, in one transaction. Blocks the
 * panelist at the connection if the provider refuses them, for the time it gives.
 * @param refreshId the refresh request
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
      const reason = match.notice ?? 'the provider refuses this panelist'
      await blockPanelist(trx, { panel, panelistId, connection, surveyId: null, reason, until }, now)
    }
    await deleteRefresh(trx, refreshId)
  })
}
