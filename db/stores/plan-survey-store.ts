import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { Survey, SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { affected } from '../raw.js'

/** A plan as a row of `surveys`, for matching and the feed. */
export interface PlanSurvey {
  readonly planId: string
  readonly surveyId: string
  readonly status: SurveyStatus
  readonly survey: Survey
  /** The survey as the column `surveys.survey` holds it, as text. */
  readonly json: string
  readonly contentHash: string
}

/**
 * Writes a plan's catalogue row if its content or status changed, and marks it dirty.
 * @returns whether it changed
 */
export async function writePlanSurvey(
  trx: Knex,
  { planId, surveyId, status, survey, json, contentHash }: PlanSurvey,
  now: Date,
): Promise<boolean> {
  const written = await affected(
    trx,
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
      surveyId,
      planId,
      status,
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
      contentHash,
      now,
    },
  )
  return written > 0
}

/**
 * Reopens the plans in the catalogue that were withdrawn while the configuration had no demand partners. Idempotent;
 * the caller stamps.
 * @returns how many
 */
export async function bringPlansBack(knex: Knex, now: Date): Promise<number> {
  return affected(
    knex,
    `update surveys s
        set status = lower(p.status), source_order = s.source_order + 1, changed_at = :now, dirty = true
       from survey_plans p
      where p.survey_id = s.survey_id and p.deleted_at is null and p.status <> 'CLOSED'
        and s.status = 'withdrawn'`,
    { now },
  )
}
