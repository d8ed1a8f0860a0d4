import { z } from 'zod'
import { DecimalNumber } from '../kit/json.js'
import { asList, decimalText, figure, flag, list, optional, optionalList } from '../kit/wire-values.js'

/**
 * The shapes of Toluna's answers (Toluna External Sample, API Documentation). The document and its pages spell ids in
 * two ways (SurveyID, SurveyId), so members are looked up without case: everything here is read after `foldKeys`.
 * Tolerant of unknown members, of ids as text, of one value instead of a list; strict about everything that decides
 * which respondents may enter and what is paid. A record that fails here is quarantined.
 */

/** The largest count, price or length; a larger value is garbled. */
const ABSURD = 1_000_000_000

/**
 * A copy with every member's name in lower case.
 * @throws RangeError when two spellings of one name have different values
 */
export function foldKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(foldKeys)
  if (typeof value !== 'object' || value === null || value instanceof DecimalNumber) return value
  const folded: Record<string, unknown> = Object.create(null)
  for (const [name, item] of Object.entries(value)) {
    const key = name.toLowerCase()
    if (key in folded && String(folded[key]) !== String(item)) throw new RangeError(`duplicate member ${name}`)
    folded[key] = foldKeys(item)
  }
  return folded
}

/** Their integers are ids; some come as text, and they may exceed 2^53. */
export const id = z
  .union([z.number().int().nonnegative(), z.bigint().nonnegative(), z.string().regex(/^\s*\d{1,30}\s*$/)])
  .transform((value) => BigInt(value).toString())

const count = figure.pipe(z.number().min(-ABSURD).max(ABSURD)).transform((value) => Math.max(0, Math.floor(value)))

/** An amount as its sender wrote it: "1", "0.85". Money never passes through a double. */
export const amount = decimalText.pipe(z.string().regex(/^\d{1,9}(\.\d{1,18})?$/, 'not an amount such as 0.85'))

/** A list; or one value or text joined by commas, because the document describes a list and its pages show a string. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => {
    const read = asList(value ?? [])
    return Array.isArray(read) ? read : [read]
  }, z.array(item).max(100_000))
}

const answerValue = z
  .union([z.string(), z.number(), z.bigint(), z.instanceof(DecimalNumber)])
  .transform((value) => String(value))

const question = z.object({
  questionid: id,
  answerids: listOf(z.union([id, z.string()])).transform((ids) =>
    ids.flatMap((text) => text.split(',')).flatMap((text) => (text.trim() === '' ? [] : [text.trim()])),
  ),
  answervalues: listOf(answerValue),
  isroutable: optional(flag),
})

const subQuota = z.object({
  subquotaid: optional(id),
  currentcompletes: optional(count),
  maxtargetcompletes: optional(count),
  questionsandanswers: list(question, 1_000),
})

const layer = z.object({ layerid: optional(id), subquotas: list(subQuota, 10_000) })

const quota = z.object({
  quotaid: id,
  completesrequired: optional(count),
  estimatedcompletesremaining: optional(count),
  layers: optionalList(layer, 1_000),
})

/** "WaveID should not be populated if SurveyID is empty": an exclusion without a survey excludes no panelist. */
const exclusion = z.object({
  surveyid: optional(id),
  waveid: optional(id).transform((wave) => wave ?? '0'),
  participationstatusids: listOf(figure),
})

export const survey = z.object({
  surveyid: id,
  waveid: id,
  loi: figure.pipe(z.number().min(0).max(1_440)),
  ir: figure.pipe(z.number().min(0).max(100)),
  scheduledcompletiondate: optional(z.string()),
  devicetypeids: listOf(id),
  issurveyrecontact: optional(flag),
  completesrequired: optional(count),
  estimatedcompletesremaining: optional(count),
  price: z.object({ amount, currencyid: id }),
  quotas: list(quota, 10_000),
  surveywaveexclusions: listOf(exclusion),
})

export type WireSurvey = z.output<typeof survey>
export type WireQuota = WireSurvey['quotas'][number]
export type WireSubQuota = WireQuota['layers'][number]['subquotas'][number]
export type WireQuestion = WireSubQuota['questionsandanswers'][number]

/** What can still be read of a survey that is not readable as a whole. */
export const identity = z.object({
  surveyid: id.optional().catch(undefined),
  waveid: id.optional().catch(undefined),
})

/** The members next to the surveys (Get Quotas, Response Properties). */
export const envelope = z.object({
  cacheexpires: optional(z.string()).catch(null),
  surveys: z.array(z.unknown()),
})

/** Generate Invite, Response Properties. */
export const invite = z.object({
  surveyid: id,
  waveid: id,
  quotaid: id,
  partneramount: amount,
  url: z.string().min(1).max(8_192),
  loi: optional(figure.pipe(z.number().min(0).max(1_440))),
})

/** Get Recontact Members For Quota, Response Properties. */
export const members = z.object({
  hasadditionalmembers: optional(flag).transform((more) => more ?? false),
  membercodes: list(z.union([z.string(), z.number().int().transform(String), z.bigint().transform(String)]), 100_000),
})

/** Get Quota Details: the quota itself, if it is available to us. */
export const quotaStatus = z.object({
  quotaid: optional(id),
  estimatedcompletesremaining: optional(count),
  islive: optional(flag),
})

/** A result code, with any HTTP status. */
export const result = z.object({
  result: z.string().nullish(),
  resultcode: figure.pipe(z.number().int()),
})
