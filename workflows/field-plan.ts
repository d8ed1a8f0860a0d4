import {
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { PlanLook } from '../activities/plans.js'
import { searchAttribute } from '../domain/visibility.js'
import { type PlanInput, type PlanPosition, planChanged, planPosition } from './messages/plan.js'
import { planDetails } from './plan-details.js'
import { planRecords } from './proxies.js'

const { lookAfterPlan } = planRecords()

/** Signals may be lost: check the plan at least this often even when nothing is due. */
const LOOK_EVERY_MS = 60 * 60_000
/** A complete that reaches the soft launch sends no signal: check often enough to start its pause in time. */
const SOFT_LAUNCH_EVERY_MS = 15 * 60_000
const SOFT_LAUNCH_AT_LEAST_MS = 30_000
/** Allowed difference between our clock and the database's. */
const PATIENCE_MS = 1_000

/**
 * The fielding of one survey plan, from its creation to its end: closes it at its finish date, and begins its full
 * launch after the soft launch's pause. PostgreSQL decides: it counts entries and closes a filled plan with or without
 * this workflow. The workflow ends when the plan is closed or deleted; reopening the plan starts it again. Its id is
 * `plan:<plan id>`.
 */
export async function fieldPlan(input: PlanInput): Promise<PlanPosition> {
  let told = 0
  let shown: PlanLook | null = null
  let position: PlanPosition = startingPosition(input)

  setHandler(
    planChanged,
    () => {
      told += 1
    },
    { description: 'The plan has changed: check it' },
  )
  setHandler(planPosition, () => position, { description: 'State, completes, soft launch, what is due' })

  for (;;) {
    const heard = told
    const look = await lookAfterPlan(input.planId)
    const over = look.state === 'closed' || look.state === 'deleted'
    const next = over ? null : nextLook(look, Date.now())
    show(look, next)
    if (told > heard) {
      // many signals in a row must not grow the history without limit; the next run checks immediately
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof fieldPlan>(input)
      continue
    }
    if (over || next === null) return position
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof fieldPlan>(input)
    await condition(() => told > heard, Math.max(next.at - Date.now(), PATIENCE_MS), { summary: next.what })
  }

  function show(look: PlanLook, next: NextLook | null): void {
    position = positionOf(input, look, next)
    setCurrentDetails(planDetails(look, next === null ? 'nothing: the plan is over' : next.what))
    if (look.state !== shown?.state || look.finishAt !== shown.finishAt) {
      upsertSearchAttributes([
        { key: searchAttribute('TributaryState'), value: look.state },
        ...(look.finishAt === null
          ? []
          : [{ key: searchAttribute('TributaryDeadline'), value: new Date(look.finishAt) }]),
      ])
    }
    shown = look
  }
}

/** When to check a plan next, in epoch milliseconds, and why. */
interface NextLook {
  readonly at: number
  readonly what: string
}

function nextLook({ finishAt, softLaunch }: PlanLook, now: number): NextLook {
  const due: NextLook[] = [{ at: now + LOOK_EVERY_MS, what: 'check for changes' }]
  if (finishAt !== null) due.push({ at: finishAt, what: 'finish date' })
  if (softLaunch !== null && softLaunch.fullLaunchAt !== null) {
    due.push({ at: softLaunch.fullLaunchAt, what: 'full launch' })
  }
  if (softLaunch !== null && softLaunch.fullLaunchAt === null) {
    const every = Math.min(SOFT_LAUNCH_EVERY_MS, Math.max(SOFT_LAUNCH_AT_LEAST_MS, softLaunch.pauseMs))
    due.push({ at: now + every, what: 'check whether the soft launch is reached' })
  }
  return due.reduce((first, one) => (one.at < first.at ? one : first))
}

function startingPosition({ planId }: PlanInput): PlanPosition {
  return {
    planId,
    state: 'starting',
    reason: null,
    completes: 0,
    target: 0,
    softLaunch: null,
    finishAt: null,
    nextLookAt: null,
  }
}

function positionOf({ planId }: PlanInput, look: PlanLook, next: NextLook | null): PlanPosition {
  return {
    planId,
    state: look.state,
    reason: look.state === 'closed' ? look.reason : null,
    completes: look.completes,
    target: look.target,
    softLaunch:
      look.softLaunch === null
        ? null
        : { completes: look.softLaunch.completes, reached: look.softLaunch.fullLaunchAt !== null },
    finishAt: look.finishAt === null ? null : new Date(look.finishAt).toISOString(),
    nextLookAt: next === null ? null : new Date(next.at).toISOString(),
  }
}
