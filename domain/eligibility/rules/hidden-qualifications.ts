import type { SurveyRule } from '../rule.js'

/** Qualifications that the provider does not list turn yes into maybe and never refuse. */
export const hiddenQualifications = {
  name: 'hidden_qualifications',
  scope: 'survey',
  phases: ['match', 'book'],
  evaluate: ({ survey: { additionalQualifications: count } }) =>
    count > 0 ? { holds: 'maybe', wanted: `${count} more that the provider does not list`, given: 'unknown' } : null,
} as const satisfies SurveyRule
