import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { readDocument } from './document.js'
import { faultLines } from './fault-lines.js'
import { ConfigError, type Fault } from './faults.js'
import { country, flag, integer, oneOf, text } from './fields.js'
import { readBySchema } from './schema-faults.js'
import { isMapValue } from './schema-walk.js'
import { absent, section, someOf } from './sections.js'

/** One answer of a choice question. */
export interface TargetingAnswer {
  readonly id: string
  readonly text: string
  /**
   * True for an answer that excludes all others, such as "I don't have pets" (Kantar Gateway API, MultiPunchAnswer).
   */
  readonly exclusive: boolean
}

/** One canonical question of the gateway (Kantar Gateway API, Targeting Attribute). */
export type TargetingAttribute = {
  readonly id: string
  readonly text: string
  /** ISO 3166-1 alpha-3; null = everywhere. */
  readonly supportedCountries: readonly string[] | null
} & (
  | { readonly answerType: 'range'; readonly rangeLimits: { readonly start: number; readonly end: number } }
  | { readonly answerType: 'single_choice' | 'multi_punch'; readonly answers: readonly TargetingAnswer[] }
)

const answer = section({
  id: text('male'),
  text: text('Male'),
  exclusive_multi_punch_answer: flag().prefault(false),
}).transform(
  (given): TargetingAnswer => ({ id: given.id, text: given.text, exclusive: given.exclusiveMultiPunchAnswer }),
)

const rangeLimits = section({ start: integer(-1_000_000, 1_000_000, '16'), end: integer(-1_000_000, 1_000_000, '100') })

const attribute = section({
  id: text('age'),
  text: text('What is your age?'),
  answer_type: oneOf(['single_choice', 'range', 'multi_punch']),
  supported_countries: absent(someOf(country())),
  range_limits: absent(rangeLimits),
  answers: absent(z.array(answer)),
}).transform((given, context): TargetingAttribute => {
  const { id, text: wording, answerType, supportedCountries, rangeLimits: limits, answers } = given
  const complain = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  if (answerType === 'range') {
    if (!limits || answers) return complain('a range question has range_limits and no answers')
    if (limits.start > limits.end) return complain('range_limits begin after they end')
    return { id, text: wording, supportedCountries, answerType, rangeLimits: limits }
  }
  if (!answers || answers.length === 0 || limits)
    return complain(`a ${answerType} question has answers and no range_limits`)
  const ids = answers.map((one) => one.id)
  const twice = ids.find((one, index) => ids.indexOf(one) !== index)
  if (twice !== undefined) return complain(`has the answer ${twice} twice`)
  return { id, text: wording, supportedCountries, answerType, answers }
})

const fileSchema = z.array(attribute).superRefine((attributes, context) => {
  const ids = attributes.map((one) => one.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) context.addIssue({ code: 'custom', message: `has the question ${twice} twice` })
})

const SHIPPED = fileURLToPath(new URL('./targeting-attributes.yaml', import.meta.url))

/**
 * Reads the canonical questions: the shipped ones, or those of the file that the configuration names.
 * @param configFile its folder is the base of a relative path
 * @param named the setting `targeting_attributes` as in the file
 */
export function readTargetingAttributes(
  configFile: string,
  named: unknown,
): { data: readonly TargetingAttribute[]; faults: Fault[] } {
  if (named !== undefined && typeof named !== 'string') return { data: [], faults: [] }
  const path = ['targeting_attributes']
  try {
    const document = readDocument(named === undefined ? SHIPPED : resolve(dirname(configFile), named), {})
    const read = readBySchema(fileSchema, questionsIn(document.data), [])
    const lines = faultLines(document, [...document.faults, ...read.faults])
    return { data: read.data ?? [], faults: lines.map((text) => ({ path, text })) }
  } catch (error) {
    if (error instanceof ConfigError) return { data: [], faults: error.lines.map((text) => ({ path, text })) }
    throw error
  }
}

/**
 * The list itself, or the list inside the document's wrapper, with either of the document's spellings of answer_type.
 */
function questionsIn(data: unknown): unknown {
  const list = isMapValue(data) ? (data.targeting_attributes ?? data.targetingAttributes) : data
  if (!Array.isArray(list)) return list
  return list.map((item: unknown) => {
    if (!isMapValue(item) || item.answer_type !== undefined) return item
    const { answers_type, ...rest } = item
    return answers_type === undefined ? rest : { ...rest, answer_type: answers_type }
  })
}
