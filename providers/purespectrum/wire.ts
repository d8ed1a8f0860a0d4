import { z } from 'zod'
import { asList, figure as asNumber, decimalText, flag, list, optional, optionalList } from '../kit/wire-values.js'

/**
 * The shapes of PureSpectrum's answers (PureSpectrum Supply API, Result; the list and the registration from their
 * public pages). Tolerant of unknown members, of empty members and of numbers given as text; strict about everything
 * that decides which respondents may enter and what is paid. A record that fails here is quarantined.
 */

/** The largest count, price or percentage; a larger value is garbled. */
const ABSURD = 1_000_000_000
/** Epoch milliseconds of the year 2000: a smaller value, which would be in 1970, is in seconds (G5: ms, not s). */
const YEAR_2000 = 946_684_800_000
const YEAR_2200 = 7_258_118_400_000

const figure = asNumber.pipe(z.number().min(0).max(ABSURD))
/**
 * Counts fall below 0 when a buyer takes an allocation back after it was used (PureSpectrum Supply API, Important
 * Considerations).
 */
const count = asNumber.pipe(z.number().int().min(-ABSURD).max(ABSURD))
const id = z.union([z.string(), z.number().int(), z.bigint()]).transform(String).pipe(z.string().trim().min(1).max(256))
/** A survey's id becomes a part of addresses. */
const surveyId = id.pipe(z.string().regex(/^[\w-]{1,64}$/, 'not an id such as 123456'))
const instant = asNumber.pipe(
  z
    .number()
    .int()
    .min(YEAR_2000, 'not a time in epoch milliseconds')
    .max(YEAR_2200, 'not a time in epoch milliseconds'),
)

/** Decimal money in major units with all its digits: 2.50. */
const decimal = decimalText.pipe(z.string().regex(/^\d{1,9}(\.\d{1,18})?$/, 'not a decimal amount such as 2.50'))

/** Codes are text in the sample and numbers elsewhere. */
const code = id

/** An open end is null or absent. */
const rangeSet = z.object({ from: optional(asNumber), to: optional(asNumber), units: optional(asNumber) })

const condition = z.object({
  qualification_code: code,
  condition_codes: optionalList(code, 100_000),
  range_sets: optionalList(rangeSet, 10_000),
})

const block = z.object({ ir: optional(figure), loi: optional(figure) })

const quota = z.object({
  quota_id: id,
  quantities: z.object({ currently_open: optional(count), remaining: optional(count), achieved: optional(count) }),
  criteria: list(condition, 1_000),
})

const supplierCompletes = z.object({
  needed: optional(count),
  achieved: optional(count),
  remaining: optional(count),
  guaranteed_allocation: optional(count),
  guaranteed_allocation_remaining: optional(count),
})

const grouping = z.object({
  survey_ids: optionalList(id, 10_000),
  exclusion_period: optional(figure),
})

/** A survey's members in the list, where more of them are optional. */
const listed = {
  survey_id: surveyId,
  mod_on: optional(instant),
  survey_status: asNumber.pipe(z.union([z.literal(11), z.literal(22), z.literal(33), z.literal(44)])),
}

/** GET /suppliers/v2/surveys/:surveyId, `survey`. */
export const survey = z.object({
  ...listed,
  cpi: decimal,
  supplier_completes: optional(supplierCompletes),
  survey_performance: optional(z.object({ overall: optional(block), last_block: optional(block) })),
  surveyLocalization: z.string().regex(/^[A-Za-z]{2,3}[_-][A-Za-z]{2}$/, 'not a localization such as en_US'),
  field_end_date: optional(instant),
  // some of their samples write an empty list where there is no group
  survey_grouping: optional(grouping),
  incl_excl: optional(asNumber.pipe(z.number().int())),
  soft_launch: optional(flag),
  survey_entry_url: optional(z.string().max(8_192)),
  qualifications: list(condition, 10_000),
  quotas: list(quota, 10_000),
})
export type WireSurvey = z.output<typeof survey>
export type WireQuota = WireSurvey['quotas'][number]
export type WireCondition = z.output<typeof condition>
export type WireRange = WireCondition['range_sets'][number]
export type WireBlock = z.output<typeof block>
export type WireCompletes = z.output<typeof supplierCompletes>

/** GET /suppliers/v2/surveys/:surveyId. */
export const surveyAnswer = z.object({ apiStatus: z.string().nullish(), survey: z.unknown().optional() })

/** One row of GET /suppliers/v2/surveys: what is needed to see whether the survey changed. */
export const listRow = z.object({
  survey_id: surveyId,
  // unreadable = the survey counts as changed
  mod_on: optional(instant).catch(null),
  survey_status: z.unknown().optional(),
  cpi: z.unknown().optional(),
  supplier_completes: z.unknown().optional(),
  quotas: z.unknown().optional(),
})
export type ListRow = z.output<typeof listRow>

/**
 * GET /suppliers/v2/surveys without its rows. An empty list is a success with a message, and maybe without a list.
 */
export const listEnvelope = z.object({
  apiStatus: z.string().nullish(),
  msg: z.string().nullish(),
  surveys: z.preprocess(asList, z.array(z.unknown()).max(0).nullish()),
})

/** POST /suppliers/v2/surveys/register/:surveyId. */
export const registration = z.object({
  survey_entry_url: z.string().min(1).max(8_192),
})
/** On some of their pages the registration is inside `survey`. */
export const nestedRegistration = z.object({ survey: registration })

/** Every error: {apiStatus: "failure", msg}. */
export const errorAnswer = z.object({ apiStatus: z.string().nullish(), msg: z.string().nullish() })
