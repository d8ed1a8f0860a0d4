/**
 * What an operator can search for in the Temporal UI (contract §6): attribute name -> Temporal's type. Plain data, so
 * that the workflows which set them and the start which registers them read the same page. Never personal data.
 */
export const SEARCH_ATTRIBUTES = {
  TributaryProvider: 'KEYWORD',
  TributaryConnection: 'KEYWORD',
  TributaryPanel: 'KEYWORD',
  TributaryState: 'KEYWORD',
  TributaryOutcome: 'KEYWORD',
  TributaryLastSuccess: 'DATETIME',
  TributaryDeadline: 'DATETIME',
  TributaryFailStreak: 'INT',
  TributaryNeedsReview: 'BOOL',
  TributaryMarkets: 'KEYWORD_LIST',
} as const

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES

/** The attribute's key as Temporal's typed search attributes want it. */
export function searchAttribute<Name extends SearchAttributeName>(
  name: Name,
): { name: Name; type: (typeof SEARCH_ATTRIBUTES)[Name] } {
  return { name, type: SEARCH_ATTRIBUTES[name] }
}
