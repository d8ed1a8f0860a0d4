import { holdsIf, type SurveyRule } from '../rule.js'

/** A provider may not want a panelist in this survey for a while. */
export const unwanted = {
  name: 'unwanted',
  scope: 'panelist',
  phases: ['match', 'book'],
  evaluate: ({ surveyId, panelist }) =>
    panelist.unwanted.has(surveyId)
      ? { holds: holdsIf(false), wanted: 'welcome in the survey', given: 'not wanted for now' }
      : null,
} as const satisfies SurveyRule
