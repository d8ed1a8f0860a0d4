import { createHash } from 'node:crypto'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { type PlanRecord, readPlan } from './plan-row.js'
import { surveyToJson } from './survey-json.js'

/**
 * Shows a plan as it stands now in the catalogue, in the caller's transaction, which holds the plan's lock: matching, the
 * feed and seed 004's answers read it there. Nothing is written where nothing changed. The stamper numbers it afterwards.
 * @returns true when something is to be stamped after the commit
 */
export async function showPlan(trx: Knex, planId: string, now: Date): Promise<boolean> {
  const record = await readPlan(trx, planId, now)
  return record === null ? false : writePlanSurvey(trx, record, now)
}

async function writePlanSurvey(trx: Knex, record: PlanRecord, now: Date): Promise<boolean> {
  const survey = surveyOfPlan(record)
  const json = JSON.stringify(surveyToJson(survey))
  const { rowCount } = (await trx.raw(
    `insert into surveys as s (survey_id, connection, provider, provider_survey_id, status, country, cpi_minor, currency,
       loi_minutes, ir_percent, conversion_percent, available_completes, finish_at, group_id, survey, source_order,
       source_version, content_hash, first_seen_at, changed_at)
     values (:surveyId, :gateway, :gateway, :planId, :status, :country, :cpiMinor, :currency, :loiMinutes, :irPercent,
       :conversionPercent, :available, :finishAt, :groupId, :json::jsonb, 1, '', :contentHash, :now, :now)
     on conflict (survey_id) do update set
       status = excluded.status, country = excluded.country, cpi_minor = excluded.cpi_minor,
       currency = excluded.currency, loi_minutes = excluded.loi_minutes, ir_percent = excluded.ir_percent,
       conversion_percent = excluded.conversion_percent, finish_at = excluded.finish_at, group_id = excluded.group_id,
       available_completes = excluded.available_completes, survey = excluded.survey,
       content_hash = excluded.content_hash, source_order = s.source_order + 1, changed_at = excluded.changed_at,
       dirty = true
     where (s.content_hash, s.status) is distinct from (excluded.content_hash, excluded.status)`,
    {
      gateway: GATEWAY,
      surveyId: record.surveyId,
      planId: record.planId,
      status: record.row.deleted_at === null ? survey.status : 'withdrawn',
      country: survey.country,
      cpiMinor: survey.price.amountMinor.toString(),
      currency: survey.price.currency,
      loiMinutes: survey.loiMinutes,
      irPercent: survey.irPercent,
      conversionPercent: survey.conversionPercent,
      available: survey.availableCompletes,
      finishAt: survey.finishAt,
      groupId: survey.groupId,
      json,
      // the plan itself beside what matching reads of it: the feed shows more of a plan than matching needs
      contentHash: createHash('sha256')
        .update(json)
        .update(JSON.stringify([record.policy, record.plan]))
        .digest('base64'),
      now,
    },
  )) as { rowCount: number }
  return rowCount > 0
}
