import type { ClauseTrace, QuotaTrace } from '../targeting/quota.js'
import type { Verdict } from '../targeting/verdict.js'
import type { ConnectionQuestion, Facts } from './facts.js'

/**
 * When a rule applies. match: an offer is made. book: a session is created. click: the respondent enters. show: a panel
 * reads a survey's status, without a panelist.
 */
export type Phase = 'match' | 'book' | 'click' | 'show'

/** The result of a rule. */
export interface Finding {
  readonly holds: Verdict
  /** What the rule wants, for people. */
  readonly wanted: string
  /** What the rule found, for people. Names no panel other than the caller. */
  readonly given: string
  /** Attributes without an answer, in the provider's words. */
  readonly missing?: readonly string[]
}

/** The facts, and the evaluations that all rules share. */
export interface Subject extends Facts {
  /** The survey's own clauses; empty when the match has already checked the profile. */
  readonly clauses: readonly ClauseTrace[]
  /** Every quota of the survey, in its order. */
  readonly quotas: readonly QuotaTrace[]
}

interface Named {
  readonly name: string
  readonly phases: readonly Phase[]
}

/** A rule about the survey, or about the panelist and the survey. Null = not applicable to this survey. */
export interface SurveyRule extends Named {
  readonly scope: 'survey' | 'panelist'
  evaluate(subject: Subject): Finding | null
}

/** A rule about a panelist at a connection, independent of the survey. */
export interface ConnectionRule extends Named {
  readonly scope: 'connection'
  evaluate(question: ConnectionQuestion): Finding | null
}

/** A rule about one quota of the survey. */
export interface QuotaRule extends Named {
  readonly scope: 'quota'
  evaluate(subject: Subject, quota: QuotaTrace): Finding | null
}

export type Rule = SurveyRule | ConnectionRule | QuotaRule

export const holdsIf = (condition: boolean): Verdict => (condition ? 'yes' : 'no')
