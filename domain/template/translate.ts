import type { VocabularyMapping } from '../mapping.js'
import type { PlanQualification } from '../plan/survey-plan.js'
import type { BuyerQualification } from './buyer-survey.js'

/** One of the gateway's canonical questions, with what translating needs. */
export type CanonicalQuestion = {
  readonly id: string
  /** ISO 3166-1 alpha-3; null = everywhere. */
  readonly supportedCountries: readonly string[] | null
} & (
  | { readonly answerType: 'range'; readonly rangeLimits: { readonly start: number; readonly end: number } }
  | { readonly answerType: 'single_choice' | 'multi_punch'; readonly answers: readonly { readonly id: string }[] }
)

/** PureSpectrum's codes, and the gateway's questions in a country. */
export interface Translation {
  readonly vocabulary: VocabularyMapping
  readonly questions: readonly CanonicalQuestion[]
  /** ISO 3166-1 alpha-3. */
  readonly country: string
}

/**
 * Translates a qualification in PureSpectrum's codes into one of the gateway's, by the mapping of their codes. Returns
 * only complete translations, because an omitted condition would refuse respondents that the buyer wants.
 * @returns null where the gateway has no equivalent: question or answer not found, or no age within its limits
 */
export function translate(qualification: BuyerQualification, to: Translation): PlanQualification | null {
  const found = Object.entries(to.vocabulary.attributes).find(
    ([, { question }]) => question === `${qualification.code}`,
  )
  const question = to.questions.find(({ id }) => id === found?.[0])
  if (found === undefined || question === undefined) return null
  if (question.supportedCountries !== null && !question.supportedCountries.includes(to.country)) return null
  const [questionId, mapping] = found
  if (question.answerType === 'range') {
    const { start, end } = question.rangeLimits
    // cut to the question's limits, because no panelist is outside them: 14 to 99 becomes 16 to 99 for a question from
    // 16 to 100
    const ranges = (qualification.ranges ?? [])
      .map(({ from, to: last }) => ({ from: Math.max(from, start), to: Math.min(last, end) }))
      .filter(({ from, to: last }) => from <= last)
    return ranges.length === 0 ? null : { questionId, ranges }
  }
  const answers = (qualification.conditions ?? []).map((code) => mapping.answers?.[code] ?? code)
  const known = new Set(question.answers.map(({ id }) => id))
  return answers.length === 0 || !answers.every((answer) => known.has(answer)) ? null : { questionId, answers }
}
