import type { Slot } from '../../domain/plan/counting.js'

/** The additional data of a plan's session. */
export interface PlanSession {
  readonly sessionId: string
  readonly planId: string
  readonly panel: string
  readonly quotaIds: readonly string[]
  readonly finishToken: string
  readonly panelistProfile: Readonly<Record<string, unknown>> | null
  readonly slot: Slot
  readonly heldUntil: Date | null
}

/** The part that is known when the session is stored. */
export interface NewPlanSession {
  readonly planId: string
  readonly quotaIds: readonly string[]
  readonly finishToken: string
  readonly panelistProfile: Readonly<Record<string, unknown>>
}
