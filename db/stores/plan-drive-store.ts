import { formatAmount } from '../../domain/money.js'
import { priceOfPlan } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { showPlan } from './plan-catalogue.js'
import { lockPlan, type PlanRecord, type PlanRow } from './plan-row.js'

/** A plan after what was due of it is done. */
export interface AdvancedPlan {
  readonly record: PlanRecord
  /** When the soft launch's pause ends; null = there is none, its completes are not reached, or it is over. */
  readonly fullLaunchAt: Date | null
}

/**
 * Does what is due of a plan, in one transaction under its row lock: closes it at its finish date, notes that its soft
 * launch is reached, begins its full launch when the pause is over (seed 002, soft_launch). A plan in its fielding is
 * noted as driven, one that is over as driven no more. Safe to repeat; the caller stamps after the commit.
 * @returns null when there is no such plan
 */
export async function advancePlan(knex: Knex, planId: string, now: Date): Promise<AdvancedPlan | null> {
  return knex.transaction(async (trx) => {
    const held = await lockPlan(trx, planId, now)
    if (held === null) return null
    const due = held.row.deleted_at === null ? whatIsDue(held, now) : {}
    const changes = { ...due, ...driven(held, due, now) }
    if (Object.keys(changes).length === 0) return advancedPlan(held)
    await trx('survey_plans').where({ plan_id: planId }).update(changes)
    if (Object.keys(due).length > 0) await showPlan(trx, planId, now)
    return advancedPlan((await lockPlan(trx, planId, now)) ?? held)
  })
}

type Changes = Partial<
  Pick<PlanRow, 'status' | 'status_reason' | 'updated_at' | 'soft_launch_reached_at' | 'fully_launched_at'>
>

function whatIsDue(held: PlanRecord, now: Date): Changes {
  const { row, plan } = held
  const over = row.status !== 'CLOSED' && plan.finishDate !== undefined && new Date(plan.finishDate) <= now
  return {
    ...(over ? { status: 'CLOSED', status_reason: 'finish_date', updated_at: now } : {}),
    ...softLaunchDue(row, now),
  }
}

function softLaunchDue(row: PlanRow, now: Date): Changes {
  const soft = row.soft_launch
  if (soft === null || row.fully_launched_at !== null) return {}
  // a soft launch that was agreed late may be reached already, and then no further complete would say so
  const reachedAt = row.soft_launch_reached_at ?? (row.completes >= soft.completes ? now : null)
  if (reachedAt === null) return {}
  return {
    ...(row.soft_launch_reached_at === null ? { soft_launch_reached_at: reachedAt } : {}),
    ...(reachedAt.getTime() + soft.pauseMs <= now.getTime() ? { fully_launched_at: now } : {}),
  }
}

/** `workflow_started_at` is there exactly while a workflow looks after the plan; the janitor makes up for the rest. */
function driven({ row }: PlanRecord, due: Changes, now: Date): { workflow_started_at?: Date | null } {
  const over = row.deleted_at !== null || (due.status ?? row.status) === 'CLOSED'
  if (over) return row.workflow_started_at === null ? {} : { workflow_started_at: null }
  return row.workflow_started_at === null ? { workflow_started_at: now } : {}
}

function advancedPlan(record: PlanRecord): AdvancedPlan {
  const { soft_launch: soft, soft_launch_reached_at: reachedAt, fully_launched_at: launchedAt } = record.row
  const waits = soft !== null && reachedAt !== null && launchedAt === null
  return { record, fullLaunchAt: waits ? new Date(reachedAt.getTime() + soft.pauseMs) : null }
}

/** What is shown of a plan's workflow from its start. */
export interface PlanFacts {
  readonly planId: string
  readonly country: string
  /** "1.50 USD". */
  readonly price: string
  readonly target: number
  /** In epoch milliseconds; null = it has no finish date. */
  readonly finishAt: number | null
}

/** A plan that is not deleted, as the start of its workflow needs it; null = there is none. */
export async function findPlanFacts(knex: Knex, planId: string): Promise<PlanFacts | null> {
  const row: PlanRow | undefined = await knex('survey_plans').where({ plan_id: planId }).whereNull('deleted_at').first()
  return row === undefined ? null : factsOf(row)
}

function factsOf(row: PlanRow): PlanFacts {
  const price = priceOfPlan(row.plan.pricing)
  return {
    planId: row.plan_id,
    country: row.plan.country,
    price: `${formatAmount(price)} ${price.currency}`,
    target: row.target_completes,
    finishAt: row.plan.finishDate === undefined ? null : Date.parse(row.plan.finishDate),
  }
}

/** Plans in their fielding that no workflow looks after. */
export async function findUndrivenPlans(knex: Knex, olderThan: Date, limit: number): Promise<PlanFacts[]> {
  const rows: PlanRow[] = await knex('survey_plans')
    .whereNull('workflow_started_at')
    .whereNull('deleted_at')
    .whereNot({ status: 'CLOSED' })
    .where('updated_at', '<', olderThan)
    .orderBy('updated_at')
    .limit(limit)
  return rows.map(factsOf)
}

/** Plans that are over and whose workflow has not heard of it: a complete has filled them. */
export async function findUntoldClosures(knex: Knex, olderThan: Date, limit: number): Promise<PlanFacts[]> {
  const rows: PlanRow[] = await knex('survey_plans')
    .whereNotNull('workflow_started_at')
    .where({ status: 'CLOSED' })
    .where('updated_at', '<', olderThan)
    .orderBy('updated_at')
    .limit(limit)
  return rows.map(factsOf)
}

/**
 * Plans which should have been closed long ago have lost their workflow (terminated by hand, a namespace that was
 * deleted): the janitor is to start it again.
 * @param olderThan how late is too late
 * @returns how many
 */
export async function giveUpLostDrivers(trx: Knex, olderThan: Date): Promise<number> {
  return trx('survey_plans')
    .whereNotNull('workflow_started_at')
    .whereExists(
      trx('surveys')
        .whereRaw('surveys.survey_id = survey_plans.survey_id')
        .where({ status: 'open' })
        .where('finish_at', '<', olderThan),
    )
    .update({ workflow_started_at: null })
}
