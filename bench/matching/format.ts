import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { CatalogueEntry } from '../../catalogue/entry.js'
import { money } from '../../domain/money.js'
import type { Clause, Survey } from '../../domain/survey.js'
import type { ExpandedProfile, GivenValues } from '../../domain/targeting/expand.js'

/** Holds when any value is, as text, in `answers`, or is a number within a range, both ends included. */
export interface Qualification {
  readonly attribute: string
  readonly answers?: readonly string[]
  readonly ranges?: readonly { readonly from: number; readonly to: number }[]
}
export interface BenchQuota {
  readonly quota_id: string
  readonly available: number
  readonly qualifications?: readonly Qualification[]
}
/** One line of surveys.ndjson. */
export interface BenchSurvey {
  readonly survey_id: string
  readonly country: string
  readonly cpi_minor: number
  readonly loi_min: number
  readonly ir: number
  readonly qualifications?: readonly Qualification[]
  readonly quotas?: readonly BenchQuota[]
}
type BenchAnswer = string | number | readonly (string | number)[]
/** One line of profiles.ndjson. */
export interface BenchProfile {
  readonly panelist_id: string
  readonly country: string
  readonly answers: Readonly<Record<string, BenchAnswer>>
}
/** One line of updates.ndjson. */
export type BenchUpdate =
  | { readonly op: 'close'; readonly survey_id: string }
  | { readonly op: 'quota'; readonly survey_id: string; readonly quota_id: string; readonly available: number }
  | { readonly op: 'upsert'; readonly survey: BenchSurvey }
/** One line of actual.ndjson. */
export interface BenchResult {
  readonly panelist_id: string
  readonly count: number
  readonly set: string
  readonly top: string
}

/** Parses the lines of a file one by one, so a file never is in memory twice. */
export async function* readLines<T>(file: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield JSON.parse(line) as T
  }
}

/** The benchmark's score, in IEEE doubles. */
export function benchScore({ cpi_minor, ir, loi_min }: BenchSurvey): number {
  return (cpi_minor * ir) / loi_min
}

/** Converts a line of surveys.ndjson to a survey of the catalogue. */
export function entryOf(line: BenchSurvey): CatalogueEntry {
  const survey: Survey = {
    providerSurveyId: line.survey_id,
    status: 'open',
    country: line.country,
    locale: null,
    loiMinutes: line.loi_min,
    irPercent: line.ir,
    conversionPercent: null,
    price: money(Math.round(line.cpi_minor), 'USD'),
    availableCompletes: null,
    devices: null,
    finishAt: null,
    groupId: null,
    projectId: null,
    resumeAllowed: false,
    clauses: (line.qualifications ?? []).map(clauseOf),
    quotas: (line.quotas ?? []).map((quota) => ({
      quotaId: quota.quota_id,
      status: 'open',
      available: quota.available,
      layers: (quota.qualifications ?? []).map((one) => ({
        subQuotas: [{ clauses: [clauseOf(one)], available: null }],
      })),
      additionalQualifications: 0,
    })),
    additionalQualifications: 0,
    fullQuotaTerminates: false,
    entry: {},
    enterable: true,
  }
  const providerSurveyId = line.survey_id
  return { surveyId: line.survey_id, connection: 'bench', provider: 'bench', providerSurveyId, status: 'open', survey }
}

function clauseOf({ attribute, answers, ranges }: Qualification): Clause {
  return { attribute, ...(answers === undefined ? {} : { answers }), ...(ranges === undefined ? {} : { ranges }) }
}

/** Converts a profile for the index. Only JSON numbers match ranges here, and an empty list is not an answer. */
export function expandedOf({ answers }: BenchProfile): ExpandedProfile {
  const expanded = new Map<string, GivenValues>()
  for (const attribute in answers) {
    const answer = answers[attribute]
    if (typeof answer === 'string') expanded.set(attribute, { values: [answer], numbers: [] })
    else if (typeof answer === 'number') expanded.set(attribute, { values: [String(answer)], numbers: [answer] })
    else if (answer !== undefined && answer.length > 0) {
      const numbers = answer.filter((value) => typeof value === 'number')
      expanded.set(attribute, { values: answer.map(String), numbers })
    }
  }
  return expanded
}

/** @param ranked the eligible survey ids, best first */
export function resultOf(panelistId: string, ranked: readonly string[]): BenchResult {
  return {
    panelist_id: panelistId,
    count: ranked.length,
    set: digest([...ranked].sort(byCodeUnit)),
    top: digest(ranked.slice(0, 20)),
  }
}

export function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function digest(ids: readonly string[]): string {
  return createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 16)
}
