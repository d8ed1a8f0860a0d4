import { findOwnSurvey } from '../../../db/read-models/panelist-matches.js'
import type { SurveyRecord } from '../../../db/read-models/survey-record.js'
import type { PanelConfig } from '../../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../../dependencies.js'

/**
 * Finds the survey of an offer that was made for one panelist: in that panelist's stored result for the offer's own
 * circumstances, so that no panelist gets another panelist's link.
 * @returns null when the newest result does not contain it
 */
export async function findOwnOffer(
  deps: Pick<ApiDependencies, 'knex' | 'live' | 'clock' | 'findUpstream'>,
  panel: PanelConfig,
  panelistId: string,
  surveyId: string,
  circumstances: string,
): Promise<SurveyRecord | null> {
  const now = deps.clock()
  const panelistKey = deps.live.panelistKey(panel.id, panelistId)
  const found = await findOwnSurvey(deps.knex, { panelistKey, circumstances }, surveyId, now)
  const connection = found === null ? null : deps.findUpstream(found.connection)?.config
  if (found === null || connection == null) return null
  if (now.getTime() - found.refreshedAt.getTime() > connection.staleAfter) return null
  return {
    surveyId,
    connection: connection.id,
    provider: connection.provider,
    providerSurveyId: found.survey.providerSurveyId,
    status: found.survey.status,
    survey: found.survey,
    sourceOrder: '0',
    sourceVersion: '',
    revision: null,
  }
}
