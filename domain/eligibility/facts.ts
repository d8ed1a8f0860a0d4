import type { AgeFloorVerdict } from '../age-floor.js'
import type { TakenSurvey } from '../grouping.js'
import type { PastSession } from '../participation.js'
import type { PlanStanding } from '../plan/plan-survey.js'
import type { Device, Survey, SurveyStatus } from '../survey.js'
import type { ExpandedProfile } from '../targeting/expand.js'
import { type InFlight, NOTHING_IN_FLIGHT } from '../targeting/remaining.js'

/** The panelist's country, locale and device. Null restricts nothing. */
export interface Circumstances {
  /** ISO 3166-1 alpha-3. */
  readonly country: string | null
  readonly locale: string | null
  readonly device: Device | null
}

export const NO_CIRCUMSTANCES: Circumstances = { country: null, locale: null, device: null }

/** The most starts per panelist; null = no limit. */
export interface Caps {
  readonly daily: number | null
  readonly weekly: number | null
}

/** The current facts of a survey's connection. */
export interface ConnectionFacts {
  readonly id: string
  /** The configuration allows the panel to use it. */
  readonly usable: boolean
  /** Its status in one word, for people: `ok`, `stale`, `error`, `paused`. */
  readonly status: string
  /** It is neither paused nor removed. */
  readonly running: boolean
  /** Its last good poll is younger than `stale_after`, or it is not polled. */
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

/** What we know of a panelist in addition to the answers. */
export interface PanelistFacts {
  /** Null = the age floor is not checked. */
  readonly age: AgeFloorVerdict | null
  /** Completed surveys, by our ids. */
  readonly completed: ReadonlySet<string>
  /** Surveys in progress, by our ids. */
  readonly underWay: ReadonlySet<string>
  /** Surveys, by our ids, from which the provider blocks them for now. */
  readonly unwanted: ReadonlySet<string>
  /** Connections whose provider blocks them for now. */
  readonly blocked: ReadonlySet<string>
  /** Completed surveys and those in progress, by the providers' ids, for the exclusion by groups. */
  readonly taken: readonly TakenSurvey[]
  /** Earlier sessions at connections whose provider has participation rules. */
  readonly past: readonly PastSession[]
  /** Members-only surveys that name them, by our ids -> quota ids. */
  readonly invitations: ReadonlyMap<string, ReadonlySet<string>>
  readonly starts: readonly Starts[]
}

/** A panelist without known facts, so that no rule about panelists refuses. */
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

/** Our own sessions in flight in a survey, and how many of a hundred become completes. */
export interface Figures {
  readonly inFlight: InFlight
  readonly conversionPercent: number
}

/** No session in flight; 100 is the most cautious rate. */
export const NO_FIGURES: Figures = { inFlight: NOTHING_IN_FLIGHT, conversionPercent: 100 }

/**
 * Which quota to choose. best: the most certain, then the best paid (a match). first: the first one in the survey's
 * order (the session router, docs/router.md "Creating a session"). these: all of the named ones, of which the first is
 * paid; an empty list = the survey without a quota.
 */
export type QuotaWish =
  | { readonly kind: 'best' }
  | { readonly kind: 'first' }
  | { readonly kind: 'these'; readonly quotaIds: readonly string[] }

/** All inputs of a decision about entry. Each entry point collects these; `decide` reads nothing else. */
export interface Facts {
  /** Our id of the survey. */
  readonly surveyId: string
  readonly survey: Survey
  /** The stored status, which may be worse than the provider's own (withdrawn, unreadable). */
  readonly status: SurveyStatus
  readonly connection: ConnectionFacts
  /** Null restricts nothing. */
  readonly panel: PanelFacts | null
  readonly panelist: PanelistFacts
  readonly circumstances: Circumstances
  /**
   * The answers, in the vocabulary of the survey's clauses. Null = the match has already checked them, as the offer
   * proves.
   */
  readonly profile: ExpandedProfile | null
  readonly figures: Figures
  /** The plan's record, where it was read: then the remaining slots are counted, not estimated. */
  readonly plan: PlanStanding | null
  readonly quota: QuotaWish
  readonly now: Date
}

/** The facts for connection rules, before a survey is known. */
export type ConnectionQuestion = Pick<Facts, 'connection' | 'panel' | 'panelist'>
