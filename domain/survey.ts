import type { Money } from './money.js'

/**
 * Open = may be offered; paused and closed as the provider says; withdrawn = left the provider's list; unreadable = its
 * newest version is in quarantine.
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
  /** The provider asks it itself when we do not know: an unknown answer is maybe, not no (Toluna IsRoutable). */
  readonly routable?: boolean
  /** The list was cut by the provider (Toluna's 1,000 prefixes): a miss is maybe, not no. */
  readonly truncated?: boolean
}

/** AND over clauses. A full sub-quota is skipped. */
export interface SubQuota {
  readonly clauses: readonly Clause[]
  /** Completes still to be had; null = not limited on its own. */
  readonly available: number | null
}

/** OR over sub-quotas. */
export interface Layer {
  readonly subQuotas: readonly SubQuota[]
}

/** AND over layers. Kantar and PureSpectrum have one layer a clause. */
export interface Quota {
  readonly quotaId: string
  readonly status: QuotaStatus
  /** Completes still to be had; null = capped by the survey alone. */
  readonly available: number | null
  /** Overrides the survey's price (Kantar Gateway API, Pricing). */
  readonly price?: Money
  readonly layers: readonly Layer[]
  /** Hidden qualifications the provider does not list: lower the match to maybe, never to no. */
  readonly additionalQualifications: number
}

/** A minimum of completes that the provider keeps for us alone (PureSpectrum Supply API, supplier_completes). */
export interface Allocation {
  readonly guaranteed: number
  /** Guaranteed and not yet achieved; 0 once we are past it, never less. */
  readonly remaining: number
}

/** Surveys of which a respondent does one only, for a while (PureSpectrum Supply API, survey_grouping). */
export interface Grouping {
  /** Provider survey ids of the same connection. */
  readonly surveyIds: readonly string[]
  readonly exclusionDays: number
}

/** How far somebody got in another survey. */
export type Participation = 'started' | 'terminated' | 'completed' | 'quota_full'

/** Whoever took part so in another survey of the connection is not let in (Toluna, SurveyWaveExclusions). */
export interface ParticipationExclusion {
  /** The other survey; null = any survey of `projectId`. */
  readonly providerSurveyId: string | null
  readonly projectId: string
  readonly participations: readonly Participation[]
}

/** One survey as every provider's adapter describes it. Plain data: goes to PostgreSQL as it is (money as text). */
export interface Survey {
  readonly providerSurveyId: string
  readonly status: Exclude<SurveyStatus, 'withdrawn' | 'unreadable'>
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  /** `en-US`; null restricts nothing. */
  readonly locale: string | null
  readonly loiMinutes: number
  readonly irPercent: number
  /** The provider's own conversion figure in percent, null when it gives none. */
  readonly conversionPercent: number | null
  readonly price: Money
  /** Completes still to be had for the whole survey; null = not said. */
  readonly availableCompletes: number | null
  /** Null restricts nothing. */
  readonly devices: readonly Device[] | null
  /** ISO 8601 with zone; offering ends then. */
  readonly finishAt: string | null
  readonly groupId: string | null
  /** Absent = nothing is guaranteed, which is not a guarantee of 0. */
  readonly allocation?: Allocation
  readonly grouping?: Grouping
  /** Figures which the provider gives where it knows none: of little weight (Dynata Match API: LOI 10, IR 20). */
  readonly assumed?: readonly ('loi' | 'ir')[]
  /** True while the provider lets only a first few in, to look at their answers. */
  readonly softLaunch?: boolean
  readonly projectId: string | null
  readonly resumeAllowed: boolean
  /** True = only for the people whom the provider names for its quotas (Toluna, recontact surveys). */
  readonly membersOnly?: boolean
  /** True = whoever was sent to one of its quotas is never sent to another one (Toluna, Sampling Rules). */
  readonly oneQuotaPerPanelist?: boolean
  readonly exclusions?: readonly ParticipationExclusion[]
  /** Only these panels may send people; absent = every panel that may use the connection. */
  readonly panels?: readonly string[]
  readonly clauses: readonly Clause[]
  readonly quotas: readonly Quota[]
  readonly additionalQualifications: number
  /** True where being in any full or throttled quota ends the respondent's session (PureSpectrum currently_open 0). */
  readonly fullQuotaTerminates: boolean
  /** What the adapter needs to open an entry (Kantar: the session creation URL). Opaque to everybody else. */
  readonly entry: Readonly<Record<string, string>>
  /** False = known and explained, but nobody can be sent in (no creation URL; a host that is not allowed). */
  readonly enterable: boolean
}
