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

/** Signals may be lost and nothing else is due: the plan is looked at so often all the same. */
const LOOK_EVERY_MS = 60 * 60_000
/** A soft launch is reached by a complete, which tells nobody here: its pause must not begin to be watched too late. */
const SOFT_LAUNCH_EVERY_MS = 15 * 60_000
const SOFT_LAUNCH_AT_LEAST_MS = 30_000
/** Our clock and the database's may differ by a little. */
const PATIENCE_MS = 1_000

/**
 * The fielding of one survey plan, from its creation to its end: it is closed at its finish date, and its full launch
 * begins once the soft launch's pause is over. PostgreSQL decides: entries are counted and a filled plan is closed there,
 * with or without this workflow. It ends when the plan is closed or deleted; a plan that is opened again starts it again.
 * Its id is `plan:<plan id>`.
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
    { description: 'The plan is another one now: go and look at it' },
  )
  setHandler(planPosition, () => position, { description: 'State, completes, soft launch, what is due' })

  for (;;) {
    const heard = told
    const look = await lookAfterPlan(input.planId)
    const over = look.state === 'closed' || look.state === 'deleted'
    const next = over ? null : nextLook(look, Date.now())
    show(look, next)
    if (told > heard) {
      // however often it is told in a row, its history has an end; the next run looks at once
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof fieldPlan>(input)
      continue
    }
    if (over || next === null) return position
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof fieldPlan>(input)
    await condition(() => told > heard, Math.max(next.at - Date.now(), PATIENCE_MS), { summary: next.what })
  }

  function show(look: PlanLook, next: NextLook | null): void {
    position = positionOf(input, look, next)
    setCurrentDetails(planDetails(look, next === null ? 'nothing: it is over' : next.what))
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

/** When a plan is looked at next, in epoch milliseconds, and what for. */
interface NextLook {
  readonly at: number
  readonly what: string
}

function nextLook({ finishAt, softLaunch }: PlanLook, now: number): NextLook {
  const due: NextLook[] = [{ at: now + LOOK_EVERY_MS, what: 'look whether anything changed' }]
  if (finishAt !== null) due.push({ at: finishAt, what: 'finish date' })
  if (softLaunch !== null && softLaunch.fullLaunchAt !== null) {
    due.push({ at: softLaunch.fullLaunchAt, what: 'full launch' })
  }
  if (softLaunch !== null && softLaunch.fullLaunchAt === null) {
    const every = Math.min(SOFT_LAUNCH_EVERY_MS, Math.max(SOFT_LAUNCH_AT_LEAST_MS, softLaunch.pauseMs))
    due.push({ at: now + every, what: 'look whether the soft launch is reached' })
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
