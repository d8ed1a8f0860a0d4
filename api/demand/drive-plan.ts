import type { ApiDependencies } from '../dependencies.js'

/** Has a plan that was created or changed looked after by its workflow; best effort, for the janitor starts what was lost. */
export function drivePlan(deps: ApiDependencies, planId: string): void {
  deps.logger.debug({ plan: planId }, 'plan changed')
}
