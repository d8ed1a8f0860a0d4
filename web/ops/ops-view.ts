/** The content of the operations page; the route fills it, the templates only arrange it. */
export interface OpsView {
  readonly now: Date
  /** The token of this operator's forms. */
  readonly formToken: string
  readonly notice: string | null
  readonly alert: string | null
  /** The parts that the API depends on and that run in the background. */
  readonly parts: readonly PartView[]
  readonly connections: readonly ConnectionView[]
  /** The newest survey plans; null if there are no buyers. */
  readonly plans: readonly PlanView[] | null
  /** Address of the page with older plans; null when there are none. */
  readonly olderPlans: string | null
  readonly savedViews: readonly SavedView[]
  readonly quarantine: readonly QuarantineView[]
  /** The connection whose records are shown; null = all. */
  readonly quarantineOf: string | null
  /** Whether there are newer records, on a previous page. */
  readonly newerQuarantine: boolean
  /** Address of the page with older records; null when there are none. */
  readonly olderQuarantine: string | null
  readonly deadPostbacks: readonly DeadPostbackView[]
  readonly unknownWords: readonly UnknownWordView[]
  readonly unplaced: readonly UnplacedView[]
}

/** An outcome word that is not in any table of its connection. */
export interface UnknownWordView {
  readonly connection: string
  readonly route: 'return' | 'postback'
  readonly word: string
  readonly arrivals: number
  readonly lastSeenAt: Date
}

/** Notifications about our panelists that fit none of their sessions, by survey. */
export interface UnplacedView {
  readonly connection: string
  readonly providerSurveyId: string
  readonly arrivals: number
  readonly lastSeenAt: Date
}

/** A part of the installation, with its last heartbeat. */
export interface PartView {
  readonly name: string
  readonly ok: boolean
  /** Its fault; null without one. */
  readonly detail: string | null
}

/**
 * The provider lists surveys and is polled; or it is asked per panelist, without a poll loop; or buyers launch plans
 * here.
 */
export type SupplyKind = 'polled' | 'asked' | 'own'

export interface ConnectionView {
  readonly id: string
  readonly provider: string
  readonly supply: SupplyKind
  readonly state: 'starting' | 'healthy' | 'degraded' | 'blocked' | 'paused'
  readonly reason: string | null
  readonly lastSuccessAt: Date | null
  readonly failStreak: number
  readonly surveysOpen: number
  readonly quarantined: number
  readonly workflowUrl: string | null
}

/** A buyer's survey plan. */
export interface PlanView {
  readonly planId: string
  readonly demandPartner: string
  readonly buyerSurveyId: string
  readonly country: string
  readonly status: 'OPEN' | 'PAUSED' | 'CLOSED'
  readonly statusReason: 'buyer' | 'filled' | 'finish_date'
  readonly target: number
  readonly overage: number
  readonly completes: number
  /** Slots of respondents who are in the survey now. */
  readonly held: number
  readonly panels: readonly { readonly panel: string; readonly allocation: number | null; readonly completes: number }[]
  readonly createdAt: Date
  readonly workflowUrl: string | null
}

/** A search in the Temporal UI; opening its link saves it there under its name. */
export interface SavedView {
  readonly name: string
  readonly query: string
  /** Null if the address of the Temporal UI is unknown. */
  readonly url: string | null
}

export interface QuarantineView {
  readonly id: string
  readonly connection: string
  readonly providerSurveyId: string | null
  readonly reason: string
  /** The record's first characters. */
  readonly rawHead: string
  /** How many characters, or bytes of a record that is not text, are not shown. */
  readonly rawRest: number
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
  readonly count: number
}

export interface DeadPostbackView {
  readonly id: string
  readonly panel: string
  readonly sessionId: string
  readonly type: string
  readonly createdAt: Date
  readonly attempts: number
  /** The failure of the last attempt, in words. */
  readonly lastFailure: string | null
  readonly workflowUrl: string | null
}
