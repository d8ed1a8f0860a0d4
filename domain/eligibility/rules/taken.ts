import { holdsIf, type SurveyRule } from '../rule.js'

/** Who completed a survey, or is in it, is not sent there again. */
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
