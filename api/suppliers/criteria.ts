import type { VocabularyMapping } from '../../domain/mapping.js'
import type { Clause, NumberRange, Quota } from '../../domain/survey.js'

/**
 * One qualification or quota criterion in the PureSpectrum Supply API's words: condition codes or range sets, never
 * both.
 */
export interface Criterion {
  readonly qualification_code: number | string
  readonly condition_codes?: readonly string[]
  readonly range_sets?: readonly { readonly from: number; readonly to: number; readonly units?: number }[]
}

/** The clauses that the codes can express, and the number of the others. */
export interface Said {
  readonly criteria: readonly Criterion[]
  readonly unsaid: number
}

/** The provider whose vocabulary the PureSpectrum Supply API uses. */
const SPEAKER = 'purespectrum'
/** Age in years (PureSpectrum Buy and Supply API: units 311 with 212). */
const AGE = '212'
const YEARS = 311

/** Translates clauses of any vocabulary into the PureSpectrum Supply API's qualification codes. */
export class CriteriaSpeaker {
  /** @param codes our attributes in the PureSpectrum Supply API's codes */
  constructor(private readonly codes: VocabularyMapping) {}

  /** @param theirs our attributes in the clauses' own vocabulary */
  clauses(clauses: readonly Clause[], theirs: VocabularyMapping): Said {
    const said = clauses.map((clause) => this.clause(clause, theirs))
    const criteria = said.filter((one) => one !== null)
    return { criteria, unsaid: said.length - criteria.length }
  }

  /** The devices of a survey as a criterion; empty if the survey allows any device or the codes cannot express them. */
  devices(devices: readonly string[] | null): readonly Criterion[] {
    const code = this.codes.attributes.device
    const answers = Object.entries(code?.answers ?? {}).filter(([, ours]) => devices?.includes(ours) === true)
    const said =
      code === undefined || answers.length === 0
        ? null
        : criterion(
            code.question,
            answers.map(([one]) => one),
          )
    return said === null ? [] : [said]
  }

  /**
   * A quota's criteria. The codes cannot express a layer with several sub-quotas; full sub-quotas do not count.
   */
  quota(quota: Quota, theirs: VocabularyMapping): Said {
    const layers = quota.layers.map(({ subQuotas }) => {
      const open = subQuotas.length === 1 ? subQuotas : subQuotas.filter(({ available }) => available !== 0)
      const [only, ...others] = open
      return only === undefined || others.length > 0 ? null : this.clauses(only.clauses, theirs)
    })
    return {
      criteria: layers.flatMap((layer) => layer?.criteria ?? []),
      unsaid: layers.reduce((sum, layer) => sum + (layer?.unsaid ?? 1), 0),
    }
  }

  /** @returns null when the codes cannot express the clause exactly, because an inexact criterion would be false */
  private clause(clause: Clause, theirs: VocabularyMapping): Criterion | null {
    if (clause.prefixes !== undefined || clause.truncated === true) return null
    const [speaker, question] = parts(clause.attribute)
    if (speaker === SPEAKER) return criterion(question, clause.answers, clause.ranges)
    const ours = inOurWords(question, clause, theirs)
    const code = ours === null ? undefined : this.codes.attributes[ours.name]
    if (ours === null || code === undefined) return null
    if (code.ranges === true) {
      const ranges = ours.answers.map(rangeIn)
      return ranges.includes(null)
        ? null
        : criterion(code.question, undefined, [...ours.ranges, ...ranges.filter((range) => range !== null)])
    }
    if (ours.ranges.length > 0) return null
    if (code.answers === undefined) return criterion(code.question, ours.answers)
    const known = Object.entries(code.answers)
    const answers = ours.answers.map((answer) => known.find(([, value]) => value === answer)?.[0])
    return answers.includes(undefined)
      ? null
      : criterion(
          code.question,
          answers.filter((one) => one !== undefined),
        )
  }
}

function parts(attribute: string): [vocabulary: string, question: string] {
  const colon = attribute.indexOf(':')
  return [attribute.slice(0, colon), attribute.slice(colon + 1)]
}

interface OurWords {
  readonly name: string
  readonly answers: readonly string[]
  readonly ranges: readonly NumberRange[]
}

function inOurWords(
  question: string,
  { answers = [], ranges = [] }: Clause,
  theirs: VocabularyMapping,
): OurWords | null {
  const mapped = Object.entries(theirs.attributes).find(([, one]) => one.question === question)
  if (mapped === undefined) return theirs.identity ? { name: question, answers, ranges } : null
  const [name, attribute] = mapped
  // their prefix questions match the beginnings of words, which a list of whole words cannot express
  if (attribute.prefixes === true) return null
  if (attribute.answers === undefined) return { name, answers, ranges }
  const ours = answers.map((answer) => attribute.answers?.[answer])
  return ours.includes(undefined) ? null : { name, answers: ours.filter((one) => one !== undefined), ranges }
}

/** Parses "18-24" and "18"; null for anything else. */
function rangeIn(answer: string): NumberRange | null {
  const [, from, to] = /^(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(answer) ?? []
  return from === undefined ? null : { from: Number(from), to: Number(to ?? from) }
}

function criterion(
  question: string,
  answers: readonly string[] | undefined,
  ranges?: readonly NumberRange[],
): Criterion | null {
  const qualification_code = /^\d{1,15}$/.test(question) ? Number(question) : question
  if (ranges !== undefined && ranges.length > 0) {
    const units = question === AGE ? { units: YEARS } : {}
    return { qualification_code, range_sets: ranges.map(({ from, to }) => ({ from, to, ...units })) }
  }
  return answers === undefined || answers.length === 0 ? null : { qualification_code, condition_codes: [...answers] }
}
