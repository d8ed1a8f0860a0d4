import { createHash } from 'node:crypto'
import type { Knex } from '../../db/connect.js'
import { type PlanRecord, readPlan } from '../../db/read-models/plan-record.js'
import { writePlanSurvey } from '../../db/stores/plan-survey-store.js'
import { surveyToJson } from '../../db/stores/survey-json.js'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'

/**
 * Shows a plan as it stands now in the catalogue, in the caller's transaction, which holds the plan's lock: matching,
 * the feed and the panels' lists of surveys read it there. Nothing is written where nothing changed. The stamper
 * numbers it afterwards.
 * @returns true when something is to be stamped after the commit
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
  // the plan itself beside what matching reads of it: the feed shows more of a plan than matching needs
  const contentHash = createHash('sha256')
    .update(json)
    .update(JSON.stringify([policy, plan]))
    .digest('base64')
  return writePlanSurvey(trx, { planId, surveyId, status, survey, json, contentHash }, now)
}
