import type { ApiDependencies } from '../dependencies.js'
import { PlanDriver } from '../plan-driver.js'

/** Starts or signals the workflow of a created or changed plan; best effort, because the janitor repeats it. */
export function drivePlan(
  { temporal, knex, logger }: Pick<ApiDependencies, 'temporal' | 'knex' | 'logger'>,
  planId: string,
): void {
  new PlanDriver(temporal, knex, logger).changed(planId)
}
