import type { Knex } from '../../db/connect.js'

/** Dependencies of the commands on survey plans. */
export interface PlanDependencies {
  readonly knex: Knex
  readonly clock: () => Date
}
