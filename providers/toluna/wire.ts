import { z } from 'zod'
import { DecimalNumber } from '../json.js'

/**
 * Toluna's words as they come (seed 003, API Documentation). The document and its pages spell ids in two ways (SurveyID,
 * SurveyId), so members are looked up without case: everything here is read after `foldKeys`. Tolerant of what it does
 * not name, of ids as text, of one value where a list is meant; strict about everything that decides who is sent in and
 * what is paid. What fails here is quarantined, never guessed at.
 */

/** No count, price or length of theirs is beyond this; what is was garbled. */
const ABSURD = 1_000_000_000

/**
 * A copy with every member's name in lower case.
 * @throws RangeError when two spellings of one name say different things
 */
export function foldKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(foldKeys)
  if (typeof value !== 'object' || value === null || value instanceof DecimalNumber) return value
  const folded: Record<string, unknown> = Object.create(null)
  for (const [name, item] of Object.entries(value)) {
    const key = name.toLowerCase()
    if (key in folded && String(folded[key]) !== String(item)) throw new RangeError(`${name} is there twice`)
    folded[key] = foldKeys(item)
  }
  return folded
}

/** Their integers identify; some come as text, and nothing says that they stay below 2^53. */
export const id = z
  .union([z.number().int().nonnegative(), z.bigint().nonnegative(), z.string().regex(/^\s*\d{1,30}\s*$/)])
  .transform((value) => BigInt(value).toString())

const decimal = z.instanceof(DecimalNumber)
const numeric = z.union([z.number(), decimal.transform(Number)])
const count = numeric.pipe(z.number().min(-ABSURD).max(ABSURD)).transform((value) => Math.max(0, Math.floor(value)))
const flag = z.union([z.boolean(), z.string().regex(/^\s*(true|false)\s*$/i)]).transform((value) => {
  return typeof value === 'boolean' ? value : value.trim().toLowerCase() === 'true'
})

/** An amount as its sender wrote it: "1", "0.85". Money never passes through a double. */
export const amount = z
  .union([z.number().int(), z.bigint(), decimal, z.string()])
  .transform((value) => plainDecimal(String(value).trim()))
  .pipe(z.string().regex(/^\d{1,9}(\.\d{1,12})?$/, 'not an amount such as 0.85'))

/** 1.5e0 is how some serialisers write 1.5; the digits are moved, never computed. */
function plainDecimal(text: string): string {
  const match = /^(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,2})$/.exec(text)
  if (!match) return text
  const [, whole = '', fraction = '', exponent = '0'] = match
  const point = whole.length + Number(exponent)
  const digits = (point < 0 ? '0'.repeat(-point) : '') + whole + fraction
  const padded = digits.padEnd(Math.max(point, 0), '0')
  const at = Math.max(point, 0)
  return padded.length > at ? `${padded.slice(0, at) || '0'}.${padded.slice(at)}` : padded || '0'
}

/** A list; one value, or text joined by commas, where the document speaks of a list and its pages show a string. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (value) => (value === null || value === undefined ? [] : Array.isArray(value) ? value : [value]),
    z.array(item).max(100_000),
  )
}

const answerValue = z.union([z.string(), z.number(), z.bigint(), decimal]).transform((value) => String(value))

const question = z.object({
  questionid: id,
  answerids: listOf(z.union([id, z.string()])).transform((ids) =>
    ids.flatMap((text) => text.split(',')).flatMap((text) => (text.trim() === '' ? [] : [text.trim()])),
  ),
  answervalues: listOf(answerValue),
  isroutable: flag.nullish(),
})

const subQuota = z.object({
  subquotaid: id.nullish(),
  currentcompletes: count.nullish(),
  maxtargetcompletes: count.nullish(),
  questionsandanswers: z.array(question).max(1_000),
})

const layer = z.object({ layerid: id.nullish(), subquotas: z.array(subQuota).max(10_000) })

const quota = z.object({
  quotaid: id,
  completesrequired: count.nullish(),
  estimatedcompletesremaining: count.nullish(),
  layers: z
    .array(layer)
    .max(1_000)
    .nullish()
    .transform((layers) => layers ?? []),
})

const exclusion = z.object({
  surveyid: id,
  waveid: id.nullish().transform((wave) => wave ?? '0'),
  participationstatusids: listOf(numeric),
})

export const survey = z.object({
  surveyid: id,
  waveid: id,
  loi: numeric.pipe(z.number().min(0).max(1_440)),
  ir: numeric.pipe(z.number().min(0).max(100)),
  scheduledcompletiondate: z.string().nullish(),
  devicetypeids: listOf(id),
  issurveyrecontact: flag.nullish(),
  completesrequired: count.nullish(),
  estimatedcompletesremaining: count.nullish(),
  price: z.object({ amount, currencyid: id }),
  quotas: z.array(quota).max(10_000),
  surveywaveexclusions: listOf(exclusion),
})

export type WireSurvey = z.output<typeof survey>
export type WireQuota = WireSurvey['quotas'][number]
export type WireSubQuota = WireQuota['layers'][number]['subquotas'][number]
export type WireQuestion = WireSubQuota['questionsandanswers'][number]

/** What can still be said about a survey that is not readable as a whole. */
export const identity = z.object({
  surveyid: id.optional().catch(undefined),
  waveid: id.optional().catch(undefined),
})

/** What stands beside the surveys (Get Quotas, Response Properties). */
export const envelope = z.object({
  cacheexpires: z.string().nullish().catch(null),
  surveys: z.array(z.unknown()),
})

/** Generate Invite, Response Properties. */
export const invite = z.object({
  surveyid: id,
  waveid: id,
  quotaid: id,
  partneramount: amount,
  url: z.string().min(1).max(8_192),
  loi: numeric.pipe(z.number().min(0).max(1_440)).nullish(),
})

/** Get Recontact Members For Quota, Response Properties. */
export const members = z.object({
  hasadditionalmembers: flag.nullish().transform((more) => more ?? false),
  membercodes: z.array(z.union([z.string(), z.number().int().transform(String), z.bigint().transform(String)])),
})

/** Get Quota Details: the quota itself, where it is available for us. */
export const quotaStatus = z.object({
  quotaid: id.nullish(),
  estimatedcompletesremaining: count.nullish(),
  islive: flag.nullish(),
})

/** A result code, whatever HTTP status it comes with. */
export const result = z.object({
  result: z.string().nullish(),
  resultcode: numeric.pipe(z.number().int()),
})
