import { defineQuery, defineSignal } from '@temporalio/workflow'
import { QUEUES } from '../../domain/task-queues.js'
import { searchAttribute } from '../../domain/visibility.js'

/** What starts a plan's workflow: its id only; an activity reads its state from PostgreSQL. */
export interface PlanInput {
  readonly planId: string
}

/** The state of a plan to show. `starting` until the first check. */
export type PlanState = 'starting' | 'open' | 'paused' | 'closed' | 'deleted'

/** A plan as its workflow knows it. Counts, times and ids. */
export interface PlanPosition {
  readonly planId: string
  readonly state: PlanState
  /** Why it is closed; null while it is open. */
  readonly reason: 'buyer' | 'filled' | 'finish_date' | null
  readonly completes: number
  readonly target: number
  /** The completes of the soft launch; null = no soft launch, or it is over. */
  readonly softLaunch: { readonly completes: number; readonly reached: boolean } | null
  /** ISO timestamps; null = nothing is due, or the plan has no end of its own. */
  readonly finishAt: string | null
  readonly nextLookAt: string | null
}

/** The plan's workflow id is its id, so starting is idempotent. */
export const planWorkflowId = (planId: string): string => `plan:${planId}`

/** The buyer, or a complete, changed the plan; PostgreSQL has the change already. */
export const planChanged = defineSignal('planChanged')
/** The position of the plan. */
export const planPosition = defineQuery<PlanPosition>('position')

/** What Temporal shows of a plan from its start. Excludes the buyer's survey. */
export interface PlanFactsToShow {
  readonly planId: string
  readonly country: string
  /** "1.50 USD". */
  readonly price: string
  readonly target: number
  /** In epoch milliseconds; null = it has no finish date. */
  readonly finishAt: number | null
}

/** How the API and the janitor start a plan's workflow. Reopening a plan starts it again. */
export function planStart(facts: PlanFactsToShow) {
  const input: PlanInput = { planId: facts.planId }
  return {
    workflowId: planWorkflowId(facts.planId),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    taskQueue: QUEUES.sessions,
    args: [input] as [PlanInput],
    staticSummary: ['gateway', facts.country, facts.price, `${facts.target} completes`].join(' · '),
    typedSearchAttributes: [
      { key: searchAttribute('TributaryProvider'), value: 'gateway' },
      { key: searchAttribute('TributaryConnection'), value: 'gateway' },
      { key: searchAttribute('TributaryState'), value: 'starting' },
      { key: searchAttribute('TributaryMarkets'), value: [facts.country] },
      ...(facts.finishAt === null
        ? []
        : [{ key: searchAttribute('TributaryDeadline'), value: new Date(facts.finishAt) }]),
    ],
  }
}
