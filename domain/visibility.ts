/**
 * What an operator can search for in the Temporal UI (docs/runbook.md, Views to save in the Temporal UI): attribute
 * name -> Temporal's type. Plain data, so that the workflows which set them and the start which registers them read the
 * same page. Never personal data.
 */
export const SEARCH_ATTRIBUTES = {
  TributaryProvider: 'KEYWORD',
  TributaryConnection: 'KEYWORD',
  TributaryPanel: 'KEYWORD',
  TributaryState: 'KEYWORD',
  TributaryOutcome: 'KEYWORD',
  /** The session that a workflow is about: its own, a late claim's, a message's. Finds all of them from one id. */
  TributarySession: 'KEYWORD',
  TributaryLastSuccess: 'DATETIME',
  TributaryDeadline: 'DATETIME',
  TributaryFailStreak: 'INT',
  TributaryNeedsReview: 'BOOL',
  TributaryMarkets: 'KEYWORD_LIST',
} as const

/** Everything in Temporal that is about a session, as a query of its list of workflows. */
export const workflowsOfSession = (sessionId: string): string => `TributarySession = "${sessionId}"`

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES

/** The attribute's key as Temporal's typed search attributes want it. */
export function searchAttribute<Name extends SearchAttributeName>(
  name: Name,
): { name: Name; type: (typeof SEARCH_ATTRIBUTES)[Name] } {
  return { name, type: SEARCH_ATTRIBUTES[name] }
}
