import { type PlanCounts, panelCap } from '../../domain/plan/counting.js'
import type { PlanStanding } from '../../domain/plan/plan-survey.js'
import type { PlanPolicy, PlanStatus, SoftLaunch, SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'

/** Why a plan or a quota has its status. */
export type StatusReason = 'buyer' | 'filled' | 'finish_date'

/** One row of `survey_plans`. */
export interface PlanRow {
  readonly plan_id: string
  readonly demand_partner: string
  readonly survey_id: string
  readonly plan: SurveyPlan
  readonly target_completes: number
  readonly status: PlanStatus
  readonly status_reason: StatusReason
  readonly completes: number
  readonly overage: number
  readonly accept_unsigned: boolean
  readonly flexibility_percent: number
  readonly soft_launch: SoftLaunch | null
  readonly soft_launch_reached_at: Date | null
  readonly fully_launched_at: Date | null
  readonly workflow_started_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly deleted_at: Date | null
}

/** A plan with everything that is counted of it. */
export interface PlanRecord extends PlanStanding {
  readonly row: PlanRow
  /** Our id of it in the catalogue: what panels know it by. */
  readonly surveyId: string
  readonly demandPartner: string
}

/**
 * Takes a plan's row lock and reads how it stands. Whatever counts slots or changes a status goes through here; sessions
 * are locked before plans, never after. Deleted plans are found too: their sessions may still have news.
 * @returns null when there is no such plan
 */
export async function lockPlan(trx: Knex, planId: string, now: Date): Promise<PlanRecord | null> {
  // "no key": a new session of the plan refers to its row, and need not wait for those who are counting
  const { rows } = (await trx.raw('select 1 from survey_plans where plan_id = ? for no key update', [planId])) as {
    rows: unknown[]
  }
  // a statement of its own: only now does its snapshot show what the lock's last holder committed
  return rows.length === 0 ? null : readPlan(trx, planId, now)
}

/** How a plan stands, without its lock: for answers, not for decisions. Deleted ones are not found. */
export async function findPlan(knex: Knex, planId: string, now: Date): Promise<PlanRecord | null> {
  const record = await readPlan(knex, planId, now)
  return record === null || record.row.deleted_at !== null ? null : record
}

/** Everything in one statement, and so as of one moment: no slot is seen twice, or not at all, while it moves. */
export async function readPlan(knex: Knex, planId: string, now: Date): Promise<PlanRecord | null> {
  const { rows } = (await knex.raw(
    `select p.*,
       (select jsonb_agg(q order by q.position) from (
          select quota_id as key, status, completes, position from plan_quotas where plan_id = p.plan_id) q) as quotas,
       (select jsonb_agg(n) from (
          select panel as key, completes, allocation from plan_panels where plan_id = p.plan_id) n) as panels,
       (select jsonb_agg(h) from (
          select panel as key, quota_ids, count(*)::int as completes from plan_sessions
           where plan_id = p.plan_id and slot in ('held', 'provisional') and (held_until is null or held_until > :now)
           group by panel, quota_ids) h) as held
       from survey_plans p where p.plan_id = :planId`,
    { planId, now },
  )) as { rows: CountedRow[] }
  const [row] = rows
  return row === undefined ? null : recordOf(row)
}

function recordOf({ quotas, panels, held, ...row }: CountedRow): PlanRecord {
  const policy = policyOf(row, panels ?? [])
  const completes: PlanCounts = {
    plan: row.completes,
    quotas: new Map((quotas ?? []).map((one) => [one.key, one.completes])),
    panels: new Map((panels ?? []).map((one) => [one.key, one.completes])),
  }
  return {
    row,
    planId: row.plan_id,
    surveyId: row.survey_id,
    demandPartner: row.demand_partner,
    plan: row.plan,
    policy,
    status: row.deleted_at === null ? row.status : 'CLOSED',
    quotaStatuses: new Map((quotas ?? []).map((one) => [one.key, one.status])),
    fullyLaunched: row.soft_launch === null || row.fully_launched_at !== null,
    completes,
    held: heldOf(held ?? []),
    openPanels: row.plan.targetPanels.filter(
      (panel) => (completes.panels.get(panel) ?? 0) < panelCap(row.target_completes, policy, panel),
    ),
  }
}

/** How many of something there are. */
interface Count {
  readonly key: string
  readonly completes: number
}

interface CountedRow extends PlanRow {
  readonly quotas: readonly (Count & { readonly status: PlanStatus })[] | null
  readonly panels: readonly (Count & { readonly allocation: number | null })[] | null
  /** By panel and quotas. */
  readonly held: readonly (Count & { readonly quota_ids: readonly string[] })[] | null
}

function policyOf(row: PlanRow, panels: NonNullable<CountedRow['panels']>): PlanPolicy {
  return {
    overage: row.overage,
    acceptUnsigned: row.accept_unsigned,
    flexibilityPercent: row.flexibility_percent,
    allocations: Object.fromEntries(
      panels.flatMap((one) => (one.allocation === null ? [] : [[one.key, one.allocation] as const])),
    ),
    softLaunch: row.soft_launch,
  }
}

function heldOf(rows: NonNullable<CountedRow['held']>): PlanCounts {
  const quotas = new Map<string, number>()
  const panels = new Map<string, number>()
  let plan = 0
  for (const { key, completes, quota_ids } of rows) {
    plan += completes
    panels.set(key, (panels.get(key) ?? 0) + completes)
    for (const quotaId of quota_ids) quotas.set(quotaId, (quotas.get(quotaId) ?? 0) + completes)
  }
  return { plan, quotas, panels }
}
