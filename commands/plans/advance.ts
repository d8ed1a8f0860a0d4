import type { Knex } from '../../db/connect.js'
import { lockPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import type { PlanRow } from '../../db/rows/plan-row.js'
import { type PlanChanges, updatePlan } from '../../db/stores/plan-store.js'
import { showPlan } from './show-in-catalogue.js'

/** A plan after its due changes. */
export interface AdvancedPlan {
  readonly record: PlanRecord
  /** When the soft launch's pause ends; null = no soft launch, completes not reached, or pause over. */
  readonly fullLaunchAt: Date | null
}

/**
 * Applies the due changes of a plan, in one transaction under its row lock: closes it at its finish date, records when
 * its soft launch is reached, begins its full launch after the pause (PureSpectrum Buy API, soft_launch). Sets
 * `workflowStartedAt` on an open plan and clears it on a closed one. Idempotent; the caller stamps after the commit.
 * @returns null = plan not found
 */
export async function advancePlan(knex: Knex, planId: string, now: Date): Promise<AdvancedPlan | null> {
  return knex.transaction(async (trx) => {
    const held = await lockPlan(trx, planId, now)
    if (held === null) return null
    const due = held.row.deletedAt === null ? whatIsDue(held, now) : {}
    const changes = { ...due, ...driven(held, due, now) }
    if (Object.keys(changes).length === 0) return advancedPlan(held)
    await updatePlan(trx, planId, changes)
    if (Object.keys(due).length > 0) await showPlan(trx, planId, now)
    return advancedPlan((await lockPlan(trx, planId, now)) ?? held)
  })
}

type Changes = Pick<PlanChanges, 'status' | 'statusReason' | 'updatedAt' | 'softLaunchReachedAt' | 'fullyLaunchedAt'>

function whatIsDue(held: PlanRecord, now: Date): Changes {
  const { row, plan } = held
  const over = row.status !== 'CLOSED' && plan.finishDate !== undefined && new Date(plan.finishDate) <= now
  return {
    ...(over ? { status: 'CLOSED', statusReason: 'finish_date', updatedAt: now } : {}),
    ...softLaunchDue(row, now),
  }
}

function softLaunchDue(row: PlanRow, now: Date): Changes {
  const soft = row.softLaunch
  if (soft === null || row.fullyLaunchedAt !== null) return {}
  // a soft launch that was agreed late may be reached already: then no further complete sets the time
  const reachedAt = row.softLaunchReachedAt ?? (row.completes >= soft.completes ? now : null)
  if (reachedAt === null) return {}
  return {
    ...(row.softLaunchReachedAt === null ? { softLaunchReachedAt: reachedAt } : {}),
    ...(reachedAt.getTime() + soft.pauseMs <= now.getTime() ? { fullyLaunchedAt: now } : {}),
  }
}

/** `workflowStartedAt` is set exactly while a workflow runs the plan; the janitor starts a missing one. */
function driven({ row }: PlanRecord, due: Changes, now: Date): Pick<PlanChanges, 'workflowStartedAt'> {
  const over = row.deletedAt !== null || (due.status ?? row.status) === 'CLOSED'
  if (over) return row.workflowStartedAt === null ? {} : { workflowStartedAt: null }
  return row.workflowStartedAt === null ? { workflowStartedAt: now } : {}
}

function advancedPlan(record: PlanRecord): AdvancedPlan {
  const { softLaunch: soft, softLaunchReachedAt: reachedAt, fullyLaunchedAt: launchedAt } = record.row
  const waits = soft !== null && reachedAt !== null && launchedAt === null
  return { record, fullLaunchAt: waits ? new Date(reachedAt.getTime() + soft.pauseMs) : null }
}
