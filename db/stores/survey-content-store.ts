import { createHash } from 'node:crypto'
import type { Survey } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { type SurveyJson, surveyFromJson, surveyToJson } from './survey-json.js'

/** A stored survey of the catalogue, with its row locked. */
export interface LockedSurvey {
  readonly surveyId: string
  readonly survey: Survey
}

/** Locks a survey's row. @returns null = not found, withdrawn or unreadable */
export async function lockSurvey(
  trx: Knex,
  connection: string,
  providerSurveyId: string,
): Promise<LockedSurvey | null> {
  const row: { survey_id: string; status: string; survey: SurveyJson } | undefined = await trx('surveys')
    .where({ connection, provider_survey_id: providerSurveyId })
    .forUpdate()
    .first('survey_id', 'status', 'survey')
  if (row === undefined || row.status === 'withdrawn' || row.status === 'unreadable') return null
  return { surveyId: row.survey_id, survey: surveyFromJson(row.survey) }
}

/** Replaces a survey's content and marks it dirty; does nothing when the content is unchanged. */
export async function replaceSurvey(trx: Knex, surveyId: string, survey: Survey): Promise<void> {
  const json = JSON.stringify(surveyToJson(survey))
  await trx.raw(
    `update surveys set survey = :json::jsonb, status = :status, content_hash = :contentHash,
       changed_at = now(), dirty = true where survey_id = :surveyId and content_hash <> :contentHash`,
    {
      json,
      status: survey.status,
      contentHash: createHash('sha256').update(json).digest('base64'),
      surveyId,
    },
  )
}
