import type { Clause, Layer, NumberRange } from '../../domain/survey.js'
import type { WireQuestion, WireQuota, WireSubQuota } from './wire.js'

/** Two whole numbers with a dash, as "18-130" (Get Quotas, AnswerValues); one number is a range of one. */
const RANGE = /^(\d{1,9})\s*-\s*(\d{1,9})$/
/** Common Attributes, Age: its values are ranges or single years, never codes. */
const AGE = '1001538'
/** "API is limited to expose only first 1000 postal codes": a list of this length may be truncated. */
const POSTAL_LIMIT = 1_000

export interface TargetingSettings {
  /** Questions whose values are postal codes, matched by their prefix. */
  readonly postalQuestions: readonly string[]
}

/**
 * Layers AND, SubQuotas OR, several questions of one SubQuota AND, AnswerIDs OR (Toluna External Sample, Sampling
 * Rules).
 */
export function toLayers(quota: WireQuota, settings: TargetingSettings): Layer[] {
  return quota.layers.map((layer) => ({
    subQuotas: layer.subquotas.map((subQuota) => ({
      clauses: subQuota.questionsandanswers.map((question) => toClause(question, settings)),
      available: openPlaces(subQuota),
    })),
  }))
}

/** Completes that a SubQuota still accepts; null if it has no limit of its own. */
function openPlaces({ maxtargetcompletes: limit, currentcompletes: taken }: WireSubQuota): number | null {
  return limit === null || limit === undefined ? null : Math.max(0, limit - (taken ?? 0))
}

/** @throws RangeError when no answer can match the question, or a range is reversed */
function toClause(question: WireQuestion, settings: TargetingSettings): Clause {
  const { questionid, answerids, answervalues, isroutable } = question
  const values = valuesOf(answervalues)
  const answers = new Set(answerids)
  const ranges: NumberRange[] = []
  const prefixes = new Set<string>()
  for (const value of values) {
    if (settings.postalQuestions.includes(questionid)) {
      prefixes.add(value)
      continue
    }
    const range = rangeIn(value, questionid)
    if (range !== null) ranges.push(range)
    else if (/^\d+$/.test(value))
      answers.add(value) // DMA and MSA: answer ids joined by commas
    else if (questionid === AGE) throw new RangeError(`question ${AGE}: "${value.slice(0, 40)}" is not an age range`)
    // What is neither a number nor a range can only be a postal code, under whatever question.
    else prefixes.add(value)
  }
  if (answers.size + ranges.length + prefixes.size === 0) {
    throw new RangeError(`question ${questionid}: no answer qualifies`)
  }
  return {
    attribute: `toluna:${questionid}`,
    ...(answers.size > 0 ? { answers: [...answers] } : {}),
    ...(ranges.length > 0 ? { ranges } : {}),
    ...(prefixes.size > 0 ? { prefixes: [...prefixes] } : {}),
    ...(prefixes.size >= POSTAL_LIMIT || (prefixes.size > 0 && values.length >= POSTAL_LIMIT)
      ? { truncated: true }
      : {}),
    ...(isroutable === true ? { routable: true } : {}),
  }
}

/** A list, a string, or a list of strings; a string may hold several values joined by commas. */
function valuesOf(given: readonly string[]): string[] {
  return given.flatMap((text) => text.split(',')).flatMap((text) => (text.trim() === '' ? [] : [text.trim()]))
}

function rangeIn(value: string, question: string): NumberRange | null {
  const match = RANGE.exec(value)
  if (match) {
    const [from, to] = [Number(match[1]), Number(match[2])]
    if (from > to) throw new RangeError(`question ${question}: range ${value} is reversed`)
    return { from, to }
  }
  return question === AGE && /^\d{1,3}$/.test(value) ? { from: Number(value), to: Number(value) } : null
}
