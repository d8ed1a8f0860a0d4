import type { PlanActivities, PlanLook } from '../../activities/plans.js'

/** The state of one plan, which PostgreSQL would hold. */
export interface PlanTruth {
  status: 'open' | 'paused' | 'closed'
  reason: PlanLook['reason']
  deleted: boolean
  completes: number
  target: number
  finishAt: number | null
  soft: { completes: number; pauseMs: number } | null
  reachedAt: number | null
  fullyLaunchedAt: number | null
  closedAt: number | null
  /** The times of `lookAfterPlan`. */
  looks: number[]
}

/** Plans without a database: decides what is due as `advancePlan` does. */
export class FakePlans {
  private readonly truths = new Map<string, PlanTruth>()
  /** Called at each look, and may throw; the attempt counts from 1 for each plan. */
  looking: (attempt: number, planId: string) => void | Promise<void> = () => {}

  /** @param now the time of the server that runs the workflows, in epoch milliseconds */
  constructor(private readonly now: () => Promise<number>) {}

  create(planId: string, given: Partial<PlanTruth> = {}): PlanTruth {
    const truth: PlanTruth = {
      status: 'open',
      reason: 'buyer',
      deleted: false,
      completes: 0,
      target: 30,
      finishAt: null,
      soft: null,
      reachedAt: null,
      fullyLaunchedAt: null,
      closedAt: null,
      looks: [],
      ...given,
    }
    this.truths.set(planId, truth)
    return truth
  }

  readonly activities: PlanActivities = {
    lookAfterPlan: async (planId): Promise<PlanLook> => {
      const truth = this.truths.get(planId)
      if (truth === undefined) return { ...GONE }
      const now = await this.now()
      truth.looks.push(now)
      await this.looking(truth.looks.length, planId)
      if (truth.status !== 'closed' && truth.finishAt !== null && truth.finishAt <= now) {
        Object.assign(truth, { status: 'closed', reason: 'finish_date', closedAt: now })
      }
      if (truth.soft !== null && truth.fullyLaunchedAt === null) {
        if (truth.reachedAt === null && truth.completes >= truth.soft.completes) truth.reachedAt = now
        if (truth.reachedAt !== null && truth.reachedAt + truth.soft.pauseMs <= now) truth.fullyLaunchedAt = now
      }
      const { soft, reachedAt, fullyLaunchedAt } = truth
      return {
        state: truth.deleted ? 'deleted' : truth.status,
        reason: truth.reason,
        demandPartner: 'acme',
        surveyId: 'sv_1',
        completes: truth.completes,
        target: truth.target,
        finishAt: truth.finishAt,
        softLaunch:
          soft === null || fullyLaunchedAt !== null
            ? null
            : { ...soft, fullLaunchAt: reachedAt === null ? null : reachedAt + soft.pauseMs },
      }
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
