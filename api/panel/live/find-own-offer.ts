import { findOwnSurvey } from '../../../db/read-models/panelist-matches.js'
import type { SurveyRecord } from '../../../db/read-models/survey-record.js'
import type { PanelConfig } from '../../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../../dependencies.js'

/**
 * The survey of an offer that was for one panelist alone: from that panelist's stored result in the offer's own
 * circumstances, so that nobody is ever sent along somebody else's link.
 * @returns null when the newest result does not have it (any more)
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
