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
  const row: PlanRow | undefined = await trx('survey_plans').where({ plan_id: planId }).forUpdate().first()
  // a statement of its own: only now does its snapshot show what the lock's last holder committed
  return row === undefined ? null : recordOf(trx, row, now)
}

/** How a plan stands, without its lock: for answers, not for decisions. Deleted ones are not found. */
export async function findPlan(knex: Knex, planId: string, now: Date): Promise<PlanRecord | null> {
  const row: PlanRow | undefined = await knex('survey_plans').where({ plan_id: planId }).whereNull('deleted_at').first()
  return row === undefined ? null : recordOf(knex, row, now)
}

async function recordOf(knex: Knex, row: PlanRow, now: Date): Promise<PlanRecord> {
  const { rows } = (await knex.raw(
    `select 'quota' as kind, quota_id as key, status, completes, null::int as allocation, null::text[] as quota_ids, position
       from plan_quotas where plan_id = :planId
     union all
     select 'panel', panel, null, completes, allocation, null, null from plan_panels where plan_id = :planId
     union all
     select 'held', panel, null, count(*)::int, null, quota_ids, null from plan_sessions
      where plan_id = :planId and slot in ('held', 'provisional') and (held_until is null or held_until > :now)
      group by panel, quota_ids
     order by position`,
    { planId: row.plan_id, now },
  )) as { rows: CountRow[] }
  const of = (kind: CountRow['kind']) => rows.filter((one) => one.kind === kind)
  const policy = policyOf(row, of('panel'))
  const completes: PlanCounts = {
    plan: row.completes,
    quotas: new Map(of('quota').map((one) => [one.key, one.completes])),
    panels: new Map(of('panel').map((one) => [one.key, one.completes])),
  }
  return {
    row,
    planId: row.plan_id,
    surveyId: row.survey_id,
    demandPartner: row.demand_partner,
    plan: row.plan,
    policy,
    status: row.deleted_at === null ? row.status : 'CLOSED',
    quotaStatuses: new Map(of('quota').map((one) => [one.key, one.status ?? 'OPEN'])),
    fullyLaunched: row.soft_launch === null || row.fully_launched_at !== null,
    completes,
    held: heldOf(of('held')),
    openPanels: row.plan.targetPanels.filter(
      (panel) => (completes.panels.get(panel) ?? 0) < panelCap(row.target_completes, policy, panel),
    ),
  }
}

interface CountRow {
  readonly kind: 'quota' | 'panel' | 'held'
  readonly key: string
  readonly status: PlanStatus | null
  readonly completes: number
  readonly allocation: number | null
  readonly quota_ids: string[] | null
}

function policyOf(row: PlanRow, panels: readonly CountRow[]): PlanPolicy {
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

function heldOf(rows: readonly CountRow[]): PlanCounts {
  const quotas = new Map<string, number>()
  const panels = new Map<string, number>()
  let plan = 0
  for (const { key, completes, quota_ids } of rows) {
    plan += completes
    panels.set(key, (panels.get(key) ?? 0) + completes)
    for (const quotaId of quota_ids ?? []) quotas.set(quotaId, (quotas.get(quotaId) ?? 0) + completes)
  }
  return { plan, quotas, panels }
}
