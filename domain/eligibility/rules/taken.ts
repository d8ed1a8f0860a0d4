import { holdsIf, type SurveyRule } from '../rule.js'

/** Refuses a panelist who completed the survey or is in it. */
export const taken = {
  name: 'taken',
  scope: 'panelist',
  phases: ['match', 'book'],
  evaluate: ({ surveyId, panelist }) => {
    const had = panelist.completed.has(surveyId) || panelist.underWay.has(surveyId)
    return {
      holds: holdsIf(!had),
      wanted: 'not completed or under way',
      given: had ? 'completed or under way' : 'neither',
    }
  },
} as const satisfies SurveyRule
