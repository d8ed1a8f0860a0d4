import { holdsIf, type SurveyRule } from '../rule.js'

/** Locales are compared without case, and `en_US` is `en-US`; one that is not said restricts nothing. */
export const locale = {
  name: 'locale',
  scope: 'survey',
  phases: ['match', 'book'],
  evaluate: ({ survey, circumstances: { locale: given } }) => ({
    holds: holdsIf(survey.locale === null || given === null || foldLocale(survey.locale) === foldLocale(given)),
    wanted: survey.locale ?? 'any',
    given: given ?? 'not said',
  }),
} as const satisfies SurveyRule

/** One spelling of a locale, to compare by. */
export function foldLocale(text: string): string {
  return text.replace(/_/g, '-').toLowerCase()
}
