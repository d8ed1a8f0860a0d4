import type { Clause, NumberRange } from '../../domain/survey.js'
import type { WireQualification } from './wire.js'

/** Two numbers with a dash, as "16-40" (K22). Both may be negative or decimal. */
const RANGE = /^(-?\d{1,9}(?:\.\d{1,4})?)\s?-\s?(-?\d{1,9}(?:\.\d{1,4})?)$/

/** The questions that the document itself answers with a range (TargetingAttribute): a word there is an error. */
const RANGE_QUESTIONS: ReadonlySet<string> = new Set(['age'])

/**
 * The supplier's view writes both ranges and choices as text; the question decides which one is meant. So "16-40"
 * becomes both: a range for numbers, and the word itself for an answer with that id.
 */
export function toClause(qualification: WireQualification): Clause {
  const answers = new Set<string>()
  const ranges: NumberRange[] = []
  for (const answer of qualification.qualifying_answers) {
    if (typeof answer === 'object') {
      const { start, end } = answer
      if (start > end)
        throw new RangeError(`qualification ${qualification.question_id}: range ${start}-${end} is empty`)
      ranges.push({ from: start, to: end })
      answers.add(`${start}-${end}`)
      continue
    }
    // K17: a pipe joins several answers of a multi-punch question
    for (const word of String(answer).split('|')) {
      const text = word.trim()
      if (text === '') continue
      answers.add(text)
      const range = rangeIn(text)
      if (range) ranges.push(range)
      else if (RANGE_QUESTIONS.has(qualification.question_id) && !/^\d{1,3}$/.test(text)) {
        throw new RangeError(
          `qualification ${qualification.question_id}: "${text.slice(0, 40)}" is not a range such as 16-40`,
        )
      }
    }
  }
  if (answers.size === 0) throw new RangeError(`qualification ${qualification.question_id}: no answer qualifies`)
  const attribute = `kantar:${qualification.question_id}`
  return { attribute, answers: [...answers], ...(ranges.length === 0 ? {} : { ranges }) }
}

/** "40-16" is not a range; it stays a word. */
function rangeIn(text: string): NumberRange | null {
  const match = RANGE.exec(text)
  if (!match) return null
  const [from, to] = [Number(match[1]), Number(match[2])]
  return from <= to ? { from, to } : null
}
