import { z } from 'zod'
import { DecimalNumber } from '../json.js'

/**
 * PureSpectrum's words as they come (seed 004, Result; the list and the registration from their public pages): tolerant
 * of what is not named, of absent and null members and of ids given as text; strict about everything that decides who
 * may be sent in and what is paid. What fails here is quarantined, never guessed at.
 */

/** No count, price or percentage of theirs is beyond this; what is was garbled. */
const ABSURD = 1_000_000_000
/** Epoch milliseconds of the year 2000: seconds, which would be 1970, are told by it (G5: ms, not s). */
const YEAR_2000 = 946_684_800_000
const YEAR_2200 = 7_258_118_400_000

const asNumber = z.union([z.number(), z.instanceof(DecimalNumber).transform(Number)]).pipe(z.number())
const figure = asNumber.pipe(z.number().min(0).max(ABSURD))
/** Counts go below 0 when a buyer takes an allocation back after it was used (seed 004, Important Considerations). */
const count = z.number().int().min(-ABSURD).max(ABSURD)
const id = z.union([z.string(), z.number().int(), z.bigint()]).transform(String).pipe(z.string().trim().min(1).max(256))
/** A survey's id becomes a part of addresses. */
const surveyId = id.pipe(z.string().regex(/^[\w-]{1,64}$/, 'not an id such as 123456'))
const instant = z
  .number()
  .int()
  .min(YEAR_2000, 'not a time in epoch milliseconds')
  .max(YEAR_2200, 'not a time in epoch milliseconds')

/** Decimal money in major units with all its digits: 2.50. */
const decimal = z
  .union([
    z.number().int().transform(String),
    z.instanceof(DecimalNumber).transform((value) => value.text),
    z.string().trim(),
  ])
  .pipe(z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'not a decimal amount such as 2.50'))

/** Codes are text in the sample and numbers elsewhere. */
const code = id

const rangeSet = z.object({
  from: asNumber,
  to: asNumber,
  units: z
    .number()
    .int()
    .nullish()
    .transform((value) => value ?? null),
})

const condition = z.object({
  qualification_code: code,
  condition_codes: z.array(code).max(100_000).nullish(),
  range_sets: z.array(rangeSet).max(10_000).nullish(),
})

const block = z.object({ ir: figure.nullish(), loi: figure.nullish() })

const quota = z.object({
  quota_id: id,
  quantities: z.object({ currently_open: count.nullish(), remaining: count.nullish(), achieved: count.nullish() }),
  criteria: z.array(condition).max(1_000),
})

const supplierCompletes = z.object({
  needed: count.nullish(),
  achieved: count.nullish(),
  remaining: count.nullish(),
  guaranteed_allocation: count.nullish(),
  guaranteed_allocation_remaining: count.nullish(),
})

const grouping = z.object({
  survey_ids: z.array(id).max(10_000),
  exclusion_period: figure.nullish(),
})

/** What a survey says of itself in the list; there it may say no more. */
const listed = {
  survey_id: surveyId,
  mod_on: instant.nullish(),
  survey_status: z.union([z.literal(11), z.literal(22), z.literal(33), z.literal(44)]),
}

/** GET /suppliers/v2/surveys/:surveyId, `survey`. */
export const survey = z.object({
  ...listed,
  cpi: decimal,
  supplier_completes: supplierCompletes.nullish(),
  survey_performance: z.object({ overall: block.nullish(), last_block: block.nullish() }).nullish(),
  surveyLocalization: z.string().regex(/^[A-Za-z]{2,3}[_-][A-Za-z]{2}$/, 'not a localization such as en_US'),
  field_end_date: instant.nullish(),
  // some of their samples write an empty list where there is no group
  survey_grouping: z.union([grouping, z.array(z.unknown()).max(0)]).nullish(),
  incl_excl: z.number().int().nullish(),
  soft_launch: z.boolean().nullish(),
  survey_entry_url: z.string().max(8_192).nullish(),
  qualifications: z.array(condition).max(10_000),
  quotas: z.array(quota).max(10_000),
})
export type WireSurvey = z.output<typeof survey>
export type WireQuota = WireSurvey['quotas'][number]
export type WireCondition = z.output<typeof condition>
export type WireBlock = z.output<typeof block>
export type WireCompletes = z.output<typeof supplierCompletes>

/** GET /suppliers/v2/surveys/:surveyId. */
export const surveyAnswer = z.object({ apiStatus: z.string().nullish(), survey: z.unknown().optional() })

/** One row of GET /suppliers/v2/surveys: what is needed to know whether it changed. */
export const listRow = z.object({
  survey_id: surveyId,
  // unreadable = it does not tell that anything is unchanged
  mod_on: instant.nullish().catch(null),
  survey_status: z.unknown().optional(),
  cpi: z.unknown().optional(),
  supplier_completes: z.unknown().optional(),
  quotas: z.unknown().optional(),
})
export type ListRow = z.output<typeof listRow>

/**
 * GET /suppliers/v2/surveys, its rows taken out. An empty list is a success with a message, and maybe without a list.
 */
export const listEnvelope = z.object({
  apiStatus: z.string().nullish(),
  msg: z.string().nullish(),
  surveys: z.array(z.unknown()).max(0).nullish(),
})

/** POST /suppliers/v2/surveys/register/:surveyId. */
export const registration = z.object({
  survey_entry_url: z.string().min(1).max(8_192),
})
/** The registration is inside `survey` on some of their pages. */
export const nestedRegistration = z.object({ survey: registration })

/** Every error: {apiStatus: "failure", msg}. */
export const errorAnswer = z.object({ apiStatus: z.string().nullish(), msg: z.string().nullish() })
