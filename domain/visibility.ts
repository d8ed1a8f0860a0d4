/**
 * The search attributes for operators in the Temporal UI (docs/runbook.md, Views to save in the Temporal UI): attribute
 * name -> Temporal's type. Plain data, shared by the workflows that set them and the startup that registers them. Never
 * personal data.
 */
export const SEARCH_ATTRIBUTES = {
  TributaryProvider: 'KEYWORD',
  TributaryConnection: 'KEYWORD',
  TributaryPanel: 'KEYWORD',
  TributaryState: 'KEYWORD',
  TributaryOutcome: 'KEYWORD',
  /** The session of a workflow (the session's own, a late claim's, a message's), to find all of them by one id. */
  TributarySession: 'KEYWORD',
  TributaryLastSuccess: 'DATETIME',
  TributaryDeadline: 'DATETIME',
  TributaryFailStreak: 'INT',
  TributaryNeedsReview: 'BOOL',
  TributaryMarkets: 'KEYWORD_LIST',
} as const

/** The Temporal list query for all workflows of a session. */
export const workflowsOfSession = (sessionId: string): string => `TributarySession = "${sessionId}"`

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES

/** The attribute's key for Temporal's typed search attributes. */
export function searchAttribute<Name extends SearchAttributeName>(
  name: Name,
): { name: Name; type: (typeof SEARCH_ATTRIBUTES)[Name] } {
  return { name, type: SEARCH_ATTRIBUTES[name] }
}
