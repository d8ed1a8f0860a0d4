import { holdsIf, type SurveyRule } from '../rule.js'

/** A survey without an address to send people to, or with one that our settings do not allow, is known and not offered. */
export const enterable = {
  name: 'enterable',
  scope: 'survey',
  phases: ['match', 'book', 'click', 'show'],
  evaluate: ({ survey }) => ({
    holds: holdsIf(survey.enterable),
    wanted: 'a way in',
    given: survey.enterable ? 'a way in' : 'none',
  }),
} as const satisfies SurveyRule
