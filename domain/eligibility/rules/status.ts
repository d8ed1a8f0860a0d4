import { holdsIf, type SurveyRule } from '../rule.js'

/** Checks the stored status: withdrawn and unreadable surveys are not open, even if the provider last reported open. */
export const status = {
  name: 'status',
  scope: 'survey',
  phases: ['match', 'book', 'click', 'show'],
  evaluate: ({ status: stored }) => ({ holds: holdsIf(stored === 'open'), wanted: 'open', given: stored }),
} as const satisfies SurveyRule
