import type { ClauseTrace, QuotaTrace } from '../targeting/quota.js'
import type { Verdict } from '../targeting/verdict.js'
import type { ConnectionQuestion, Facts } from './facts.js'

/**
 * When a rule counts. match: an offer is made. book: a session is created. click: the respondent enters. show: a panel
 * is told how a survey stands, whoever they would send.
 */
export type Phase = 'match' | 'book' | 'click' | 'show'

/** What a rule found. */
export interface Finding {
  readonly holds: Verdict
  /** What the rule wants, for people. */
  readonly wanted: string
  /** What was there, for people. It names no panel but the one that asks. */
  readonly given: string
  /** Attributes of which nothing is known, in the provider's words. */
  readonly missing?: readonly string[]
}

/** The facts, and what is worked out of them once for all rules. */
export interface Subject extends Facts {
  /** The survey's own clauses; empty where the profile was held to them before. */
  readonly clauses: readonly ClauseTrace[]
  /** Every quota of the survey, in its order. */
  readonly quotas: readonly QuotaTrace[]
}

interface Named {
  readonly name: string
  readonly phases: readonly Phase[]
}

/** A rule about the survey, or about the panelist and the survey. Null = it does not concern this survey. */
export interface SurveyRule extends Named {
  readonly scope: 'survey' | 'panelist'
  evaluate(subject: Subject): Finding | null
}

/** A rule about a panelist at a connection, whatever the survey. */
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
