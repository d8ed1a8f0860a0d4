import { holdsIf, type SurveyRule } from '../rule.js'

/** A provider may block a panelist from this survey until a time. */
export const unwanted = {
  name: 'unwanted',
  scope: 'panelist',
  phases: ['match', 'book'],
  evaluate: ({ surveyId, panelist }) =>
    panelist.unwanted.has(surveyId)
      ? { holds: holdsIf(false), wanted: 'not blocked from the survey', given: 'blocked for now' }
      : null,
} as const satisfies SurveyRule
