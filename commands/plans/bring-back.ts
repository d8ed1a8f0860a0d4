import { bringPlansBack } from '../../db/stores/plan-survey-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import type { PlanDependencies } from './dependencies.js'

/**
 * Offers the open plans again after there were no demand partners in the configuration for a while. Safe to repeat.
 * @returns how many came back
 */
export async function returnPlans({ knex, clock }: PlanDependencies): Promise<number> {
  const plans = await bringPlansBack(knex, clock())
  await stampRevisions(knex)
  return plans
}
