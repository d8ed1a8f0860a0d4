import { type PlanCounts, panelCap } from '../../domain/plan/counting.js'
import type { PlanStanding } from '../../domain/plan/plan-survey.js'
import type { PlanPolicy, PlanStatus } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { columnsAs, rows } from '../raw.js'
import { PLAN_COLUMNS, type PlanRow } from '../rows/plan-row.js'
import { lockPlanRow } from '../stores/plan-store.js'

/** A plan with all of its counts. */
export interface PlanRecord extends PlanStanding {
  readonly row: PlanRow
  /** Its id in the catalogue, which panels see. */
  readonly surveyId: string
  readonly demandPartner: string
}

/**
 * Takes a plan's row lock and reads its current state. Every change of slots or statuses uses this lock; lock sessions
 * before plans, never after. Also finds deleted plans, because their sessions may still get claims.
 * @returns null = plan not found
 */
export async function lockPlan(trx: Knex, planId: string, now: Date): Promise<PlanRecord | null> {
  const found = await lockPlanRow(trx, planId)
  // a separate statement, so that its snapshot has what the lock's last holder committed
  return found ? readPlan(trx, planId, now) : null
}

/** Reads a plan's current state without its lock: for answers, not for decisions. Does not find deleted plans. */
export async function findPlan(knex: Knex, planId: string, now: Date): Promise<PlanRecord | null> {
  const record = await readPlan(knex, planId, now)
  return record === null || record.row.deletedAt !== null ? null : record
}

/** Reads a plan in one statement, so that all counts are from one snapshot. */
export async function readPlan(knex: Knex, planId: string, now: Date): Promise<PlanRecord | null> {
  const [row] = await rows<CountedRow>(knex, `${PLANS} where p.plan_id = :planId`, { planId, now })
  return row === undefined ? null : recordOf(row)
}

/** Reads plans by their ids in the catalogue, including deleted ones. */
export async function readPlansOf(knex: Knex, surveyIds: readonly string[], now: Date): Promise<PlanRecord[]> {
  if (surveyIds.length === 0) return []
  const found = await rows<CountedRow>(knex, `${PLANS} where p.survey_id = any(:surveyIds::text[])`, {
    surveyIds: [...surveyIds],
    now,
  })
  return found.map(recordOf)
}

const PLANS = `select ${columnsAs(PLAN_COLUMNS, 'p')},
       (select jsonb_agg(q order by q.position) from (
          select quota_id as key, status, completes, position from plan_quotas where plan_id = p.plan_id) q) as quotas,
       (select jsonb_agg(n) from (
          select panel as key, completes, allocation from plan_panels where plan_id = p.plan_id) n) as panels,
       (select jsonb_agg(h) from (
          select panel as key, quota_ids as "quotaIds", count(*)::int as completes from plan_sessions
           where plan_id = p.plan_id and slot in ('held', 'provisional') and (held_until is null or held_until > :now)
           group by panel, quota_ids) h) as held
       from survey_plans p`

function recordOf({ quotas, panels, held, ...row }: CountedRow): PlanRecord {
  const policy = policyOf(row, panels ?? [])
  const completes: PlanCounts = {
    plan: row.completes,
    quotas: new Map((quotas ?? []).map((one) => [one.key, one.completes])),
    panels: new Map((panels ?? []).map((one) => [one.key, one.completes])),
  }
  return {
    row,
    planId: row.planId,
    surveyId: row.surveyId,
    demandPartner: row.demandPartner,
    plan: row.plan,
    policy,
    status: row.deletedAt === null ? row.status : 'CLOSED',
    quotaStatuses: new Map((quotas ?? []).map((one) => [one.key, one.status])),
    fullyLaunched: row.softLaunch === null || row.fullyLaunchedAt !== null,
    completes,
    held: heldOf(held ?? []),
    openPanels: row.plan.targetPanels.filter(
      (panel) => (completes.panels.get(panel) ?? 0) < panelCap(row.targetCompletes, policy, panel),
    ),
  }
}

/** A count by quota or panel. */
interface Count {
  readonly key: string
  readonly completes: number
}

interface CountedRow extends PlanRow {
  readonly quotas: readonly (Count & { readonly status: PlanStatus })[] | null
  readonly panels: readonly (Count & { readonly allocation: number | null })[] | null
  /** By panel and quotas. */
  readonly held: readonly (Count & { readonly quotaIds: readonly string[] })[] | null
}

function policyOf(row: PlanRow, panels: NonNullable<CountedRow['panels']>): PlanPolicy {
  return {
    overage: row.overage,
    acceptUnsigned: row.acceptUnsigned,
    flexibilityPercent: row.flexibilityPercent,
    allocations: Object.fromEntries(
      panels.flatMap((one) => (one.allocation === null ? [] : [[one.key, one.allocation] as const])),
    ),
    softLaunch: row.softLaunch,
  }
}

function heldOf(slots: NonNullable<CountedRow['held']>): PlanCounts {
  const quotas = new Map<string, number>()
  const panels = new Map<string, number>()
  let plan = 0
  for (const { key, completes, quotaIds } of slots) {
    plan += completes
    panels.set(key, (panels.get(key) ?? 0) + completes)
    for (const quotaId of quotaIds) quotas.set(quotaId, (quotas.get(quotaId) ?? 0) + completes)
  }
  return { plan, quotas, panels }
}
