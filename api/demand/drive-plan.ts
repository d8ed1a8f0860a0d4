import type { ApiDependencies } from '../dependencies.js'
import { PlanDriver } from '../plan-driver.js'

/** Has a plan that was created or changed looked after by its workflow; best effort, for the janitor starts what was lost. */
export function drivePlan(
  { temporal, knex, logger }: Pick<ApiDependencies, 'temporal' | 'knex' | 'logger'>,
  planId: string,
): void {
  new PlanDriver(temporal, knex, logger).changed(planId)
}
