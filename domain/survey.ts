import type { Money } from './money.js'

/**
 * open = may be offered; paused and closed = set by the provider; withdrawn = no longer in the provider's list;
 * unreadable = its newest version is in quarantine.
 */
export type SurveyStatus = 'open' | 'paused' | 'closed' | 'withdrawn' | 'unreadable'
export type QuotaStatus = 'open' | 'paused' | 'closed'
export type Device = 'desktop' | 'mobile' | 'tablet'

/** Inclusive on both ends (docs/buyers.md, Targeting). */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/**
 * One condition in the provider's own vocabulary. Holds when any of the panelist's values for the attribute is in
 * `answers`, within `ranges`, or starts with one of `prefixes`. Several clauses on one attribute must all hold.
 */
export interface Clause {
  /** `<provider>:<their question>`, such as `kantar:sex` or `toluna:1001007`. */
  readonly attribute: string
  readonly answers?: readonly string[]
  readonly ranges?: readonly NumberRange[]
  readonly prefixes?: readonly string[]
  /** The provider asks the question itself: an unknown answer is maybe, not no (Toluna IsRoutable). */
  readonly routable?: boolean
  /** The provider truncated the list (Toluna's 1,000 prefixes): a miss is maybe, not no. */
  readonly truncated?: boolean
}

/** AND over clauses. A full sub-quota is skipped. */
export interface SubQuota {
  readonly clauses: readonly Clause[]
  /** Remaining completes; null = no limit of its own. */
  readonly available: number | null
}

/** OR over sub-quotas. */
export interface Layer {
  readonly subQuotas: readonly SubQuota[]
}

/** AND over layers. Kantar and PureSpectrum have one layer per clause. */
export interface Quota {
  readonly quotaId: string
  readonly status: QuotaStatus
  /** Remaining completes; null = capped by the survey alone. */
  readonly available: number | null
  /** Overrides the survey's price (Kantar Gateway API, Pricing). */
  readonly price?: Money
  readonly layers: readonly Layer[]
  /** The number of qualifications that the provider does not list: they lower a match to maybe, never to no. */
  readonly additionalQualifications: number
}

/** A minimum of completes that the provider guarantees us (PureSpectrum Supply API, supplier_completes). */
export interface Allocation {
  readonly guaranteed: number
  /** Guaranteed and not yet achieved; never below 0. */
  readonly remaining: number
}

/**
 * Surveys of which a respondent takes at most one within `exclusionDays` (PureSpectrum Supply API, survey_grouping).
 */
export interface Grouping {
  /** Provider survey ids of the same connection. */
  readonly surveyIds: readonly string[]
  readonly exclusionDays: number
}

/** How far a panelist got in another survey. */
export type Participation = 'started' | 'terminated' | 'completed' | 'quota_full'

/** Excludes panelists with such a participation in another survey of the connection (Toluna, SurveyWaveExclusions). */
export interface ParticipationExclusion {
  /** The other survey; null = any survey of `projectId`. */
  readonly providerSurveyId: string | null
  readonly projectId: string
  readonly participations: readonly Participation[]
}

/** One survey, in the common form of all adapters. Plain data, stored in PostgreSQL as JSON (money as text). */
export interface Survey {
  readonly providerSurveyId: string
  readonly status: Exclude<SurveyStatus, 'withdrawn' | 'unreadable'>
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  /** `en-US`; null restricts nothing. */
  readonly locale: string | null
  readonly loiMinutes: number
  readonly irPercent: number
  /** The provider's conversion figure in percent; null = none. */
  readonly conversionPercent: number | null
  readonly price: Money
  /** Remaining completes of the whole survey; null = unknown. */
  readonly availableCompletes: number | null
  /** Null restricts nothing. */
  readonly devices: readonly Device[] | null
  /** ISO 8601 with zone; offering ends then. */
  readonly finishAt: string | null
  readonly groupId: string | null
  /** Absent = no guarantee, which differs from a guarantee of 0. */
  readonly allocation?: Allocation
  readonly grouping?: Grouping
  /** Figures that are the provider's defaults, and so weigh less (Dynata Match API: LOI 10, IR 20). */
  readonly assumed?: readonly ('loi' | 'ir')[]
  /** True while the provider takes a limited number of completes, to check their answers. */
  readonly softLaunch?: boolean
  readonly projectId: string | null
  readonly resumeAllowed: boolean
  /** True = only for panelists that the provider names, by quota (Toluna, recontact surveys). */
  readonly membersOnly?: boolean
  /** True = a panelist who was sent to one of its quotas is never sent to another one (Toluna, Sampling Rules). */
  readonly oneQuotaPerPanelist?: boolean
  readonly exclusions?: readonly ParticipationExclusion[]
  /** The panels that may send panelists; absent = every panel that may use the connection. */
  readonly panels?: readonly string[]
  readonly clauses: readonly Clause[]
  readonly quotas: readonly Quota[]
  readonly additionalQualifications: number
  /** True = fitting any full or throttled quota ends the respondent's session (PureSpectrum currently_open 0). */
  readonly fullQuotaTerminates: boolean
  /** What the adapter needs to open an entry (Kantar: the session creation URL). Opaque to other code. */
  readonly entry: Readonly<Record<string, string>>
  /** False = stored and explained, but not offered (no creation URL; a host that is not allowed). */
  readonly enterable: boolean
}
