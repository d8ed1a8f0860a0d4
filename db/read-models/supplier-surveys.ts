import type { Counting, PlanCounts } from '../../domain/plan/counting.js'
import { GATEWAY, type PlanStatus, type SoftLaunch, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Survey, SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { type SurveyJson, surveyFromJson } from '../stores/survey-json.js'

/** Payable completes of one panel, and when the last of them came. */
export interface OwnCompletes {
  readonly completes: number
  readonly lastAt: Date | null
}

/** What is counted of an own plan, and whose it is. */
export interface SupplierPlan extends Counting {
  readonly plan: SurveyPlan
  readonly demandPartner: string
  readonly quotaStatuses: ReadonlyMap<string, PlanStatus>
}

/** One survey as a panel's list of surveys needs it (seed 004). */
export interface SupplierSurvey {
  readonly surveyId: string
  readonly connection: string
  readonly status: SurveyStatus
  readonly survey: Survey
  readonly createdAt: Date
  readonly changedAt: Date
  readonly own: OwnCompletes
  /** Quota id -> the same through one quota. */
  readonly ownByQuota: ReadonlyMap<string, OwnCompletes>
  /** Null for a survey of a provider's. */
  readonly plan: SupplierPlan | null
}

/** Which surveys: those of some connections, own plans where the panel is one of their panels. */
export interface SupplierScope {
  readonly panel: string
  readonly connections: readonly string[]
}

/** One survey; null where it is not there, or not this panel's. */
export async function findSupplierSurvey(
  knex: Knex,
  scope: SupplierScope,
  surveyId: string,
  now: Date,
): Promise<SupplierSurvey | null> {
  const rows = await readRows(knex, scope, 'and s.survey_id = :surveyId', { surveyId })
  const [found] = await withCounts(knex, scope.panel, rows, now)
  return found ?? null
}

/**
 * All surveys of some statuses, a few hundred at a time, however many there are.
 * @param changedSince null = whenever they changed
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
    const rows = await readRows(
      knex,
      scope,
      `and s.status = any(:statuses::text[]) and s.survey_id > :after
       and (:changedSince::timestamptz is null or s.changed_at >= :changedSince) order by s.survey_id limit :chunk`,
      { statuses: [...statuses], after, changedSince, chunk },
    )
    if (rows.length > 0) yield await withCounts(knex, scope.panel, rows, now)
    const last = rows.at(-1)
    if (last === undefined || rows.length < chunk) return
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
  /** Null for a survey of a provider's. */
  readonly plan_id: string | null
}

async function readRows(
  knex: Knex,
  { panel, connections }: SupplierScope,
  which: string,
  bindings: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  const { rows } = (await knex.raw(
    `select s.survey_id, s.connection, s.status, s.survey, s.first_seen_at, s.changed_at, p.plan_id
       -- naming their connection spares other surveys the look for a plan, and hides one of ours whose plan is gone
       from surveys s left join survey_plans p on p.survey_id = s.survey_id and s.connection = :gateway
      where s.connection = any(:connections::text[])
        and coalesce((s.survey ->> 'membersOnly')::boolean, false) is false
        and (s.connection <> :gateway or (p.deleted_at is null and jsonb_exists(p.plan -> 'targetPanels', :panel)))
        ${which}`,
    { ...bindings, panel, connections: [...connections], gateway: GATEWAY },
  )) as { rows: Row[] }
  return rows
}

async function withCounts(knex: Knex, panel: string, rows: readonly Row[], now: Date): Promise<SupplierSurvey[]> {
  if (rows.length === 0) return []
  const [own, plans] = await Promise.all([
    readOwnCompletes(knex, panel, rows),
    readPlans(
      knex,
      rows.filter(({ plan_id }) => plan_id !== null),
      now,
    ),
  ])
  return rows.map((row) => {
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
      plan: plans.get(row.survey_id) ?? null,
    }
  })
}

const NOTHING: OwnCompletes = { completes: 0, lastAt: null }

interface Own {
  all: OwnCompletes
  readonly byQuota: Map<string, OwnCompletes>
}

async function readOwnCompletes(knex: Knex, panel: string, surveys: readonly Row[]): Promise<Map<string, Own>> {
  const { rows } = (await knex.raw(
    `select survey_id, provider_quota_id, count(*)::int as completes, max(completed_at) as "lastAt"
       from sessions where panel = ? and survey_id = any(?::text[]) and payable group by survey_id, provider_quota_id`,
    [panel, surveys.map((row) => row.survey_id)],
  )) as { rows: { survey_id: string; provider_quota_id: string | null; completes: number; lastAt: Date | null }[] }
  const found = new Map<string, Own>()
  for (const { survey_id, provider_quota_id, completes, lastAt } of rows) {
    const own = found.get(survey_id) ?? { all: NOTHING, byQuota: new Map() }
    own.all = { completes: own.all.completes + completes, lastAt: later(own.all.lastAt, lastAt) }
    if (provider_quota_id !== null) own.byQuota.set(provider_quota_id, { completes, lastAt })
    found.set(survey_id, own)
  }
  return found
}

const later = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other > one) ? other : one

interface PlanRow {
  readonly survey_id: string
  readonly demand_partner: string
  readonly plan: SurveyPlan
  readonly completes: number
  readonly overage: number
  readonly accept_unsigned: boolean
  readonly flexibility_percent: number
  readonly soft_launch: SoftLaunch | null
  readonly fully_launched_at: Date | null
  readonly quotas: readonly { quota_id: string; status: PlanStatus; completes: number }[] | null
  readonly panels: readonly { panel: string; allocation: number | null; completes: number }[] | null
  readonly held: readonly { panel: string; quota_ids: string[]; slots: number }[] | null
}

async function readPlans(knex: Knex, surveys: readonly Row[], now: Date): Promise<Map<string, SupplierPlan>> {
  if (surveys.length === 0) return new Map()
  const { rows } = (await knex.raw(
    `select p.survey_id, p.demand_partner, p.plan, p.completes, p.overage, p.accept_unsigned, p.flexibility_percent,
            p.soft_launch, p.fully_launched_at,
            (select jsonb_agg(q) from (select quota_id, status, completes from plan_quotas
                                        where plan_id = p.plan_id) q) as quotas,
            (select jsonb_agg(n) from (select panel, allocation, completes from plan_panels
                                        where plan_id = p.plan_id) n) as panels,
            (select jsonb_agg(h) from (select panel, quota_ids, count(*)::int as slots from plan_sessions
                                        where plan_id = p.plan_id and slot in ('held', 'provisional')
                                          and (held_until is null or held_until > :now)
                                        group by panel, quota_ids) h) as held
       from survey_plans p where p.survey_id = any(:surveyIds::text[])`,
    { surveyIds: surveys.map((row) => row.survey_id), now },
  )) as { rows: PlanRow[] }
  return new Map(rows.map((row) => [row.survey_id, planOf(row)]))
}

function planOf(row: PlanRow): SupplierPlan {
  const quotas = row.quotas ?? []
  const panels = row.panels ?? []
  const allocations = panels.flatMap(({ panel, allocation }) =>
    allocation === null ? [] : [[panel, allocation] as const],
  )
  return {
    plan: row.plan,
    demandPartner: row.demand_partner,
    policy: {
      overage: row.overage,
      acceptUnsigned: row.accept_unsigned,
      flexibilityPercent: row.flexibility_percent,
      allocations: Object.fromEntries(allocations),
      softLaunch: row.soft_launch,
    },
    quotaStatuses: new Map(quotas.map(({ quota_id, status }) => [quota_id, status])),
    fullyLaunched: row.soft_launch === null || row.fully_launched_at !== null,
    completes: {
      plan: row.completes,
      quotas: new Map(quotas.map(({ quota_id, completes }) => [quota_id, completes])),
      panels: new Map(panels.map(({ panel, completes }) => [panel, completes])),
    },
    held: heldOf(row.held ?? []),
  }
}

function heldOf(rows: NonNullable<PlanRow['held']>): PlanCounts {
  const quotas = new Map<string, number>()
  const panels = new Map<string, number>()
  let plan = 0
  for (const { panel, quota_ids, slots } of rows) {
    plan += slots
    panels.set(panel, (panels.get(panel) ?? 0) + slots)
    for (const quotaId of quota_ids) quotas.set(quotaId, (quotas.get(quotaId) ?? 0) + slots)
  }
  return { plan, quotas, panels }
}
