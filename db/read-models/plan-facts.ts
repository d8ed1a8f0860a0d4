import { formatAmount } from '../../domain/money.js'
import { priceOfPlan } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { PLAN_COLUMNS, type PlanRow } from '../rows/plan-row.js'

/** The facts of a plan that its workflow shows from its start. */
export interface PlanFacts {
  readonly planId: string
  readonly country: string
  /** "1.50 USD". */
  readonly price: string
  readonly target: number
  /** Epoch milliseconds; null = no finish date. */
  readonly finishAt: number | null
}

/** The facts of a plan for the start of its workflow; null = not found or deleted. */
export async function findPlanFacts(knex: Knex, planId: string): Promise<PlanFacts | null> {
  const row: PlanRow | undefined = await knex('survey_plans')
    .select(PLAN_COLUMNS)
    .where({ plan_id: planId })
    .whereNull('deleted_at')
    .first()
  return row === undefined ? null : factsOf(row)
}

function factsOf(row: PlanRow): PlanFacts {
  const price = priceOfPlan(row.plan.pricing)
  return {
    planId: row.planId,
    country: row.plan.country,
    price: `${formatAmount(price)} ${price.currency}`,
    target: row.targetCompletes,
    finishAt: row.plan.finishDate === undefined ? null : Date.parse(row.plan.finishDate),
  }
}

/** Open plans without a workflow. */
export async function findUndrivenPlans(knex: Knex, olderThan: Date, limit: number): Promise<PlanFacts[]> {
  const rows: PlanRow[] = await knex('survey_plans')
    .select(PLAN_COLUMNS)
    .whereNull('workflow_started_at')
    .whereNull('deleted_at')
    .whereNot({ status: 'CLOSED' })
    .where('updated_at', '<', olderThan)
    .orderBy('updated_at')
    .limit(limit)
  return rows.map(factsOf)
}

/** Closed plans whose workflow was not notified, because a complete has filled them. */
export async function findUntoldClosures(knex: Knex, olderThan: Date, limit: number): Promise<PlanFacts[]> {
  const rows: PlanRow[] = await knex('survey_plans')
    .select(PLAN_COLUMNS)
    .whereNotNull('workflow_started_at')
    .where({ status: 'CLOSED' })
    .where('updated_at', '<', olderThan)
    .orderBy('updated_at')
    .limit(limit)
  return rows.map(factsOf)
}
