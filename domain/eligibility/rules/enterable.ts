import { holdsIf, type SurveyRule } from '../rule.js'

/** A survey without an entry URL, or with one whose host is not allowed, is stored and not offered. */
export const enterable = {
  name: 'enterable',
  scope: 'survey',
  phases: ['match', 'book', 'click', 'show'],
  evaluate: ({ survey }) => ({
    holds: holdsIf(survey.enterable),
    wanted: 'an entry URL',
    given: survey.enterable ? 'an entry URL' : 'none',
  }),
} as const satisfies SurveyRule
