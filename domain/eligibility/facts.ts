import type { AgeFloorVerdict } from '../age-floor.js'
import type { TakenSurvey } from '../grouping.js'
import type { PastSession } from '../participation.js'
import type { PlanStanding } from '../plan/plan-survey.js'
import type { Device, Survey, SurveyStatus } from '../survey.js'
import type { ExpandedProfile } from '../targeting/expand.js'
import { type InFlight, NOTHING_IN_FLIGHT } from '../targeting/remaining.js'

/** Who asks, beside their answers. Null restricts nothing. */
export interface Circumstances {
  /** ISO 3166-1 alpha-3. */
  readonly country: string | null
  readonly locale: string | null
  readonly device: Device | null
}

export const NO_CIRCUMSTANCES: Circumstances = { country: null, locale: null, device: null }

/** Starts that a panelist may have; null = as many as they like. */
export interface Caps {
  readonly daily: number | null
  readonly weekly: number | null
}

/** The connection that a survey comes from, as it stands now. */
export interface ConnectionFacts {
  readonly id: string
  /** The configuration lets the panel use it. */
  readonly usable: boolean
  /** Its status in one word, for people: `ok`, `stale`, `error`, `paused`. */
  readonly status: string
  /** It is neither paused nor removed. */
  readonly running: boolean
  /** Its last good poll is younger than `stale_after`, or nothing is polled. */
  readonly fresh: boolean
  readonly caps: Caps | null
}

export interface PanelFacts {
  readonly id: string
  readonly caps: Caps | null
}

/** Starts of a panelist at one connection. */
export interface Starts {
  readonly connection: string
  readonly daily: number
  readonly weekly: number
}

/** What we know of a panelist beside their answers. */
export interface PanelistFacts {
  /** Null = no age floor is looked at. */
  readonly age: AgeFloorVerdict | null
  /** Surveys, by our ids, that they completed. */
  readonly completed: ReadonlySet<string>
  /** Surveys, by our ids, that they are in. */
  readonly underWay: ReadonlySet<string>
  /** Surveys, by our ids, whose provider does not want them for now. */
  readonly unwanted: ReadonlySet<string>
  /** Connections whose provider does not want them for now. */
  readonly blocked: ReadonlySet<string>
  /** What they completed or are in, as providers know it: groups exclude by these. */
  readonly taken: readonly TakenSurvey[]
  /** Earlier sessions at connections whose provider cares who took part in what. */
  readonly past: readonly PastSession[]
  /** Members-only surveys that name them, by our ids -> quota ids. */
  readonly invitations: ReadonlyMap<string, ReadonlySet<string>>
  readonly starts: readonly Starts[]
}

/** A panelist of whom nothing is known, and so nothing is in the way. */
export const NOBODY: PanelistFacts = {
  age: null,
  completed: new Set(),
  underWay: new Set(),
  unwanted: new Set(),
  blocked: new Set(),
  taken: [],
  past: [],
  invitations: new Map(),
  starts: [],
}

/** Our own sessions under way in a survey, and how many of a hundred of those become completes. */
export interface Figures {
  readonly inFlight: InFlight
  readonly conversionPercent: number
}

/** No session is under way; 100 is the most careful rate. */
export const NO_FIGURES: Figures = { inFlight: NOTHING_IN_FLIGHT, conversionPercent: 100 }

/**
 * Which quota is wanted. best: the one that is the most certain, then pays best (a match). first: the first one in the
 * survey's order (the session router, docs/router.md "Creating a session"). these: all of them, the first is the one that
 * is paid; none = the survey without a quota.
 */
export type QuotaWish =
  | { readonly kind: 'best' }
  | { readonly kind: 'first' }
  | { readonly kind: 'these'; readonly quotaIds: readonly string[] }

/** Everything that a decision about entry is made of. Each door gathers these; `decide` reads nothing else. */
export interface Facts {
  /** Our id of the survey. */
  readonly surveyId: string
  readonly survey: Survey
  /** The stored status, which may be worse than the provider's own word (withdrawn, unreadable). */
  readonly status: SurveyStatus
  readonly connection: ConnectionFacts
  /** Null = no panel in particular, which restricts nothing. */
  readonly panel: PanelFacts | null
  readonly panelist: PanelistFacts
  readonly circumstances: Circumstances
  /** The answers, in the vocabulary of the survey's clauses. Null = they were held to it before: an offer carries that. */
  readonly profile: ExpandedProfile | null
  readonly figures: Figures
  /** Where its record was read: what a survey plan of our own has left is counted, not estimated. */
  readonly plan: PlanStanding | null
  readonly quota: QuotaWish
  readonly now: Date
}

/** What can be said of a connection before a survey of it is known. */
export type ConnectionQuestion = Pick<Facts, 'connection' | 'panel' | 'panelist'>
