import type { Counting } from '../../domain/plan/counting.js'
import { GATEWAY, type PlanStatus, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Survey, SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { rows } from '../raw.js'
import { type SurveyJson, surveyFromJson } from '../stores/survey-json.js'
import { readPlansOf } from './plan-record.js'

/** Payable completes of one panel, and the time of the last one. */
export interface OwnCompletes {
  readonly completes: number
  readonly lastAt: Date | null
}

/** The counts and the owner of one of our own plans. */
export interface SupplierPlan extends Counting {
  readonly plan: SurveyPlan
  readonly demandPartner: string
  readonly quotaStatuses: ReadonlyMap<string, PlanStatus>
}

/** One survey for a panel's list of surveys (PureSpectrum Supply API). */
export interface SupplierSurvey {
  readonly surveyId: string
  readonly connection: string
  readonly status: SurveyStatus
  readonly survey: Survey
  readonly createdAt: Date
  readonly changedAt: Date
  readonly own: OwnCompletes
  /** Quota id -> the panel's completes in the quota. */
  readonly ownByQuota: ReadonlyMap<string, OwnCompletes>
  /** Null for a provider's survey. */
  readonly plan: SupplierPlan | null
}

/** Selects the surveys of some connections, and our own plans that target the panel. */
export interface SupplierScope {
  readonly panel: string
  readonly connections: readonly string[]
}

/** One survey; null = not found or not for this panel. */
export async function findSupplierSurvey(
  knex: Knex,
  scope: SupplierScope,
  surveyId: string,
  now: Date,
): Promise<SupplierSurvey | null> {
  const page = await readRows(knex, scope, 'and s.survey_id = :surveyId', { surveyId })
  const [found] = await withCounts(knex, scope.panel, page, now)
  return found ?? null
}

/**
 * All surveys with the given statuses, read in chunks.
 * @param changedSince null = no restriction
 */
export async function* listSupplierSurveys(
  knex: Knex,
  scope: SupplierScope,
  statuses: readonly SurveyStatus[],
  changedSince: Date | null,
  now: Date,
  chunk = 500,
): AsyncGenerator<SupplierSurvey[]> {
  for (let after = ''; ; ) {
    const page = await readRows(
      knex,
      scope,
      `and s.status = any(:statuses::text[]) and s.survey_id > :after
       and (:changedSince::timestamptz is null or s.changed_at >= :changedSince) order by s.survey_id limit :chunk`,
      { statuses: [...statuses], after, changedSince, chunk },
    )
    if (page.length > 0) yield await withCounts(knex, scope.panel, page, now)
    const last = page.at(-1)
    if (last === undefined || page.length < chunk) return
    after = last.survey_id
  }
}

interface Row {
  readonly survey_id: string
  readonly connection: string
  readonly status: SurveyStatus
  readonly survey: SurveyJson
  readonly first_seen_at: Date
  readonly changed_at: Date
  /** Null for a provider's survey. */
  readonly plan_id: string | null
}

async function readRows(
  knex: Knex,
  { panel, connections }: SupplierScope,
  which: string,
  bindings: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  return rows<Row>(
    knex,
    `select s.survey_id, s.connection, s.status, s.survey, s.first_seen_at, s.changed_at, p.plan_id
       -- the condition on the connection avoids the lookup of a plan for other surveys, and hides an own survey without
       -- a plan
       from surveys s left join survey_plans p on p.survey_id = s.survey_id and s.connection = :gateway
      where s.connection = any(:connections::text[])
        and coalesce((s.survey ->> 'membersOnly')::boolean, false) is false
        and (s.connection <> :gateway or (p.deleted_at is null and jsonb_exists(p.plan -> 'targetPanels', :panel)))
        ${which}`,
    { ...bindings, panel, connections: [...connections], gateway: GATEWAY },
  )
}

async function withCounts(knex: Knex, panel: string, surveys: readonly Row[], now: Date): Promise<SupplierSurvey[]> {
  if (surveys.length === 0) return []
  const [own, plans] = await Promise.all([
    readOwnCompletes(knex, panel, surveys),
    readPlansOf(
      knex,
      surveys.filter(({ plan_id }) => plan_id !== null).map((row) => row.survey_id),
      now,
    ),
  ])
  const planOf = new Map<string, SupplierPlan>(plans.map((plan) => [plan.surveyId, plan]))
  return surveys.map((row) => {
    const mine = own.get(row.survey_id)
    return {
      surveyId: row.survey_id,
      connection: row.connection,
      status: row.status,
      survey: surveyFromJson(row.survey),
      createdAt: row.first_seen_at,
      changedAt: row.changed_at,
      own: mine?.all ?? NOTHING,
      ownByQuota: mine?.byQuota ?? new Map(),
      plan: planOf.get(row.survey_id) ?? null,
    }
  })
}

const NOTHING: OwnCompletes = { completes: 0, lastAt: null }

interface Own {
  all: OwnCompletes
  readonly byQuota: Map<string, OwnCompletes>
}

async function readOwnCompletes(knex: Knex, panel: string, surveys: readonly Row[]): Promise<Map<string, Own>> {
  const counted = await rows<{
    survey_id: string
    provider_quota_id: string | null
    completes: number
    lastAt: Date | null
  }>(
    knex,
    `select survey_id, provider_quota_id, count(*)::int as completes, max(completed_at) as "lastAt"
       from sessions where panel = ? and survey_id = any(?::text[]) and payable group by survey_id, provider_quota_id`,
    [panel, surveys.map((row) => row.survey_id)],
  )
  const found = new Map<string, Own>()
  for (const { survey_id, provider_quota_id, completes, lastAt } of counted) {
    const own = found.get(survey_id) ?? { all: NOTHING, byQuota: new Map() }
    own.all = { completes: own.all.completes + completes, lastAt: later(own.all.lastAt, lastAt) }
    if (provider_quota_id !== null) own.byQuota.set(provider_quota_id, { completes, lastAt })
    found.set(survey_id, own)
  }
  return found
}

const later = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other > one) ? other : one
