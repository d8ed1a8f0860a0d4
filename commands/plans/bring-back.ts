import { bringPlansBack } from '../../db/stores/plan-survey-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import type { PlanDependencies } from './dependencies.js'

/**
 * Offers the open plans again after the configuration had no demand partners. Idempotent.
 * @returns the number of plans that are offered again
 */
export async function returnPlans({ knex, clock }: PlanDependencies): Promise<number> {
  const plans = await bringPlansBack(knex, clock())
  await stampRevisions(knex)
  return plans
}
