import type { Survey, SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { type SurveyJson, surveyFromJson } from '../stores/survey-json.js'

/** A stored survey. */
export interface SurveyRecord {
  readonly surveyId: string
  readonly connection: string
  readonly provider: string
  readonly providerSurveyId: string
  readonly status: SurveyStatus
  readonly survey: Survey
  readonly sourceOrder: string
  readonly sourceVersion: string
  readonly revision: string | null
}

/** @returns null = survey not found */
export async function findSurvey(knex: Knex, surveyId: string): Promise<SurveyRecord | null> {
  const row: (Omit<SurveyRecord, 'survey'> & { survey: SurveyJson }) | undefined = await knex('surveys')
    .select({
      surveyId: 'survey_id',
      connection: 'connection',
      provider: 'provider',
      providerSurveyId: 'provider_survey_id',
      status: 'status',
      survey: 'survey',
      sourceOrder: 'source_order',
      sourceVersion: 'source_version',
      revision: 'revision',
    })
    .where({ survey_id: surveyId })
    .first()
  return row === undefined ? null : { ...row, survey: surveyFromJson(row.survey) }
}
