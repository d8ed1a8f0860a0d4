import { createHash } from 'node:crypto'
import type { Knex } from '../../db/connect.js'
import { type PlanRecord, readPlan } from '../../db/read-models/plan-record.js'
import { writePlanSurvey } from '../../db/stores/plan-survey-store.js'
import { surveyToJson } from '../../db/stores/survey-json.js'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'

/**
 * Writes a plan's current state to the catalogue, in the caller's transaction, which holds the plan's lock. Matching,
 * the feed and the panels' lists of surveys read it there. Writes only changes. The stamper gives the revision
 * afterwards.
 * @returns true when the caller must stamp after the commit
 */
export async function showPlan(trx: Knex, planId: string, now: Date): Promise<boolean> {
  const record = await readPlan(trx, planId, now)
  return record === null ? false : show(trx, record, now)
}

function show(trx: Knex, record: PlanRecord, now: Date): Promise<boolean> {
  const { planId, surveyId, policy, plan, row } = record
  const survey = surveyOfPlan(record)
  const json = JSON.stringify(surveyToJson(survey))
  const status = row.deletedAt === null ? survey.status : 'withdrawn'
  // hash the whole plan too, because the feed shows more of it than matching reads
  const contentHash = createHash('sha256')
    .update(json)
    .update(JSON.stringify([policy, plan]))
    .digest('base64')
  return writePlanSurvey(trx, { planId, surveyId, status, survey, json, contentHash }, now)
}
