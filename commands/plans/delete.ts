import type { Knex } from '../../db/connect.js'
import { hasUnfinishedSession } from '../../db/read-models/unfinished-session.js'
import { updatePlan } from '../../db/stores/plan-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import type { PlanDependencies } from './dependencies.js'
import { lockOwnPlan } from './own-plan.js'
import { showPlan } from './show-in-catalogue.js'

/** The result of a deletion. */
export type Deletion = 'deleted' | 'not_found' | 'not_closed' | 'sessions_in_progress'

/** `deletePlan` in its own transaction. */
export async function removePlan(
  { knex, clock }: PlanDependencies,
  { demandPartner, planId }: { demandPartner: string; planId: string },
): Promise<Deletion> {
  const deletion = await knex.transaction((trx) => deletePlan(trx, demandPartner, planId, clock()))
  if (deletion === 'deleted') stampSoon(knex)
  return deletion
}

/**
 * Deletes a plan that is CLOSED and has no session in progress (Kantar Gateway API, Delete Survey Plan). Keeps its
 * sessions.
 */
export async function deletePlan(trx: Knex, demandPartner: string, planId: string, now: Date): Promise<Deletion> {
  const held = await lockOwnPlan(trx, demandPartner, planId, now)
  if (held === null) return 'not_found'
  if (held.status !== 'CLOSED') return 'not_closed'
  if (await hasUnfinishedSession(trx, held.surveyId)) return 'sessions_in_progress'
  await updatePlan(trx, planId, { deletedAt: now, updatedAt: now })
  await showPlan(trx, planId, now)
  return 'deleted'
}
