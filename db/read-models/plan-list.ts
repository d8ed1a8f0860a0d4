import type { Knex } from '../connect.js'
import { PLAN_COLUMNS, type PlanRow } from '../rows/plan-row.js'

/** A demand partner's plans, newest first, without their counts. */
export async function listPlansOf(
  knex: Knex,
  demandPartner: string,
  page: { readonly limit: number; readonly after: { readonly createdAt: Date; readonly planId: string } | null },
): Promise<PlanRow[]> {
  const query = knex('survey_plans')
    .select(PLAN_COLUMNS)
    .where({ demand_partner: demandPartner })
    .whereNull('deleted_at')
  if (page.after !== null) {
    query.whereRaw('(created_at, plan_id) < (?, ?)', [page.after.createdAt, page.after.planId])
  }
  return query
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'plan_id', order: 'desc' },
    ])
    .limit(page.limit)
}
