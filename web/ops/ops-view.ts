/** What the operations page shows; the route fills it, the templates only arrange it. */
export interface OpsView {
  readonly now: Date
  /** The token of this operator's forms. */
  readonly formToken: string
  readonly notice: string | null
  readonly alert: string | null
  /** What works for the API without being asked. */
  readonly parts: readonly PartView[]
  readonly connections: readonly ConnectionView[]
  /** The newest survey plans; null where there are no buyers. */
  readonly plans: readonly PlanView[] | null
  /** Address of the page with older plans; null when there are none. */
  readonly olderPlans: string | null
  readonly savedViews: readonly SavedView[]
  readonly quarantine: readonly QuarantineView[]
  /** The connection whose records are shown; null = all. */
  readonly quarantineOf: string | null
  /** Whether newer records are on a page before this one. */
  readonly newerQuarantine: boolean
  /** Address of the page with older records; null when there are none. */
  readonly olderQuarantine: string | null
  readonly deadPostbacks: readonly DeadPostbackView[]
  readonly unknownWords: readonly UnknownWordView[]
  readonly unplaced: readonly UnplacedView[]
}

/** An outcome word that no table of its connection holds. */
export interface UnknownWordView {
  readonly connection: string
  readonly route: 'return' | 'postback'
  readonly word: string
  readonly arrivals: number
  readonly lastSeenAt: Date
}

/** News about members of ours that fits none of their sessions, by survey. */
export interface UnplacedView {
  readonly connection: string
  readonly providerSurveyId: string
  readonly arrivals: number
  readonly lastSeenAt: Date
}

/** A part of the installation, as it was last heard of. */
export interface PartView {
  readonly name: string
  readonly ok: boolean
  /** What is wrong with it; null while nothing is. */
  readonly detail: string | null
}

/** In a list that is polled; asked for panelist by panelist, without a poll loop; or plans that buyers launch here. */
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
  /** Slots of respondents who are in it now. */
  readonly held: number
  readonly panels: readonly { readonly panel: string; readonly allocation: number | null; readonly completes: number }[]
  readonly createdAt: Date
  readonly workflowUrl: string | null
}

/** A search in the Temporal UI; opening its link keeps it there under its name. */
export interface SavedView {
  readonly name: string
  readonly query: string
  /** Null where the Temporal UI is not known. */
  readonly url: string | null
}

export interface QuarantineView {
  readonly id: string
  readonly connection: string
  readonly providerSurveyId: string | null
  readonly reason: string
  /** The record's first characters. */
  readonly rawHead: string
  /** How many characters, or bytes of a record that is no text, are not shown. */
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
  /** What the last attempt met, in words. */
  readonly lastFailure: string | null
  readonly workflowUrl: string | null
}
