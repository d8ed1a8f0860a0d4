import type { Slot } from '../../domain/plan/counting.js'

/** What a session of a plan has beyond other sessions. */
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

/** What is known of it when the session is stored. */
export interface NewPlanSession {
  readonly planId: string
  readonly quotaIds: readonly string[]
  readonly finishToken: string
  readonly panelistProfile: Readonly<Record<string, unknown>>
}
