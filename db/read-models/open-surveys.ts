import type { Survey } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { type SurveyJson, surveyFromJson } from '../stores/survey-json.js'

/** Every open survey of a connection, read in chunks. */
export async function* openSurveys(knex: Knex, connection: string, chunk = 500): AsyncGenerator<Survey> {
  for (let after = ''; ; ) {
    const rows: { survey_id: string; survey: SurveyJson }[] = await knex('surveys')
      .select('survey_id', 'survey')
      .where({ connection, status: 'open' })
      .where('survey_id', '>', after)
      .orderBy('survey_id')
      .limit(chunk)
    for (const row of rows) yield surveyFromJson(row.survey)
    const last = rows.at(-1)
    if (last === undefined || rows.length < chunk) return
    after = last.survey_id
  }
}
