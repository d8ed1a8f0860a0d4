import { type AdvancedPlan, advancePlan } from '../commands/plans/advance.js'
import type { Knex } from '../db/connect.js'
import { stampRevisions } from '../db/stores/stamper.js'

/** The state of a plan for its workflow. Counts, times in epoch milliseconds and ids. */
export interface PlanLook {
  readonly state: 'open' | 'paused' | 'closed' | 'deleted'
  /** Why it has its status. */
  readonly reason: 'buyer' | 'filled' | 'finish_date'
  readonly demandPartner: string
  readonly surveyId: string
  readonly completes: number
  readonly target: number
  readonly finishAt: number | null
  /** Null = there is none, or the full launch has begun. */
  readonly softLaunch: {
    readonly completes: number
    readonly pauseMs: number
    /** Null = its completes are not reached yet. */
    readonly fullLaunchAt: number | null
  } | null
}

export type PlanActivities = ReturnType<typeof createPlanActivities>

/** The activities of the fielding of a survey plan. */
export function createPlanActivities(deps: { readonly knex: Knex; readonly clock: () => Date }) {
  return {
    /** Does what is due for a plan - closes it, begins its full launch - and returns its state. Idempotent. */
    async lookAfterPlan(planId: string): Promise<PlanLook> {
      const advanced = await advancePlan(deps.knex, planId, deps.clock())
      if (advanced === null) return { ...GONE }
      // always, because an attempt that died after its commit leaves its change unstamped
      await stampRevisions(deps.knex)
      return lookOf(advanced)
    },
  }
}

const GONE: PlanLook = {
  state: 'deleted',
  reason: 'buyer',
  demandPartner: '',
  surveyId: '',
  completes: 0,
  target: 0,
  finishAt: null,
  softLaunch: null,
}

const STATES = { OPEN: 'open', PAUSED: 'paused', CLOSED: 'closed' } as const

function lookOf({ record, fullLaunchAt }: AdvancedPlan): PlanLook {
  const { row, plan, policy } = record
  return {
    state: row.deletedAt === null ? STATES[row.status] : 'deleted',
    reason: row.statusReason,
    demandPartner: row.demandPartner,
    surveyId: row.surveyId,
    completes: row.completes,
    target: row.targetCompletes,
    finishAt: plan.finishDate === undefined ? null : Date.parse(plan.finishDate),
    softLaunch:
      policy.softLaunch === null || record.fullyLaunched
        ? null
        : { ...policy.softLaunch, fullLaunchAt: fullLaunchAt?.getTime() ?? null },
  }
}
