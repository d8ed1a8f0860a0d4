import { holdsIf, type SurveyRule } from '../rule.js'

export const country = {
  name: 'country',
  scope: 'survey',
  phases: ['match', 'book'],
  evaluate: ({ survey, circumstances: { country: given } }) => ({
    holds: holdsIf(given === null || survey.country === given),
    wanted: survey.country,
    given: given ?? 'unknown',
  }),
} as const satisfies SurveyRule
