import type { Outcome } from '../../domain/outcome.js'
import type { Knex } from '../connect.js'
import { surveyIdOf } from '../survey-id.js'

/** A survey, by its provider's key, that a respondent was sent on to from the session's survey. */
export interface OtherSurvey {
  readonly sessionId: string
  readonly connection: string
  readonly providerSurveyId: string
  readonly outcome: Outcome
}

/** @returns false when the session already has this survey */
export async function insertOtherSurvey(trx: Knex, survey: OtherSurvey, now: Date): Promise<boolean> {
  const added = await trx('session_other_surveys')
    .insert({
      session_id: survey.sessionId,
      connection: survey.connection,
      provider_survey_id: survey.providerSurveyId,
      survey_id: surveyIdOf(survey.connection, survey.providerSurveyId),
      outcome: survey.outcome,
      first_seen_at: now,
    })
    .onConflict(['session_id', 'provider_survey_id'])
    .ignore()
    .returning('session_id')
  return added.length > 0
}
