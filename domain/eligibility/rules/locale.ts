import { holdsIf, type SurveyRule } from '../rule.js'

/** Compares locales without case, and `en_US` equals `en-US`; an unknown locale restricts nothing. */
export const locale = {
  name: 'locale',
  scope: 'survey',
  phases: ['match', 'book'],
  evaluate: ({ survey, circumstances: { locale: given } }) => ({
    holds: holdsIf(survey.locale === null || given === null || foldLocale(survey.locale) === foldLocale(given)),
    wanted: survey.locale ?? 'any',
    given: given ?? 'unknown',
  }),
} as const satisfies SurveyRule

/** Normalizes a locale for comparison. */
export function foldLocale(text: string): string {
  return text.replace(/_/g, '-').toLowerCase()
}
