import type { Knex } from '../../db/connect.js'

/** What an act about a survey plan is made of. */
export interface PlanDependencies {
  readonly knex: Knex
  readonly clock: () => Date
}
