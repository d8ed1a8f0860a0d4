import { z } from 'zod'
import { figure, flag, list, optional } from '../kit/wire-values.js'

/**
 * The shapes of the gateway's answers (Kantar Gateway API, Supply API). Tolerant of unknown members (kept in the raw
 * bytes), of empty optional members, of ids given as numbers and numbers given as text; strict about everything that
 * decides which respondents may enter and what is paid. A record that fails here is quarantined.
 */

/** The largest count, price or percentage; a larger value is garbled. */
const ABSURD = 1_000_000_000

const whole = figure.pipe(z.number().int().min(0).max(ABSURD))
const percent = figure.pipe(z.number().min(0).max(100))
/** Text; a number where text is documented keeps its digits. */
const id = z.union([z.string(), z.number().int(), z.bigint()]).transform(String).pipe(z.string().trim().min(1).max(256))
const absentCount = optional(whole).transform((value) => value ?? 0)

/**
 * The currencies that the document names: the five of its enumeration, and CHF of its panels endpoint. Another currency
 * may use another minor unit than ours.
 */
const pricing = z.object({
  cpi: whole,
  unit: z.enum(['fractional', 'main']),
  currency: z.enum(['USD', 'GBP', 'AUD', 'CAD', 'EUR', 'CHF']),
})

const rangeAnswer = z.object({ start: figure, end: figure })

const qualification = z.object({
  question_id: id,
  // The supplier's view has text (K22); the buyer's spelling of ranges and bare numbers are accepted as well.
  qualifying_answers: list(z.union([z.string(), z.number(), z.bigint(), rangeAnswer]), 100_000).refine(
    (answers) => answers.length > 0,
    'no answer qualifies',
  ),
})

/** An unknown status is refused: an unreadable plan is not offered (docs/polling.md, What one poll does). */
const status = z.enum(['OPEN', 'PAUSED', 'CLOSED'])

const quota = z.object({
  id,
  status,
  // K8: a quota may have no number of its own; then only the plan caps it.
  available_completes: optional(whole),
  qualifications: list(qualification, 10_000),
  additional_qualification_count: absentCount,
  pricing: optional(pricing),
})

const plan = z.object({
  id,
  status,
  country: z.string().regex(/^[A-Za-z]{3}$/, 'not an ISO 3166-1 alpha-3 code'),
  locale: optional(z.string().regex(/^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}$/, 'not a locale such as en-US')),
  loi: figure.pipe(z.number().min(0).max(1_440)),
  ir: percent,
  cr: optional(percent),
  available_completes: whole,
  pricing,
  additional_qualification_count: absentCount,
  quotas: list(quota, 10_000),
  qualifications: list(qualification, 10_000),
  resume_allowed: optional(flag),
  group_id: optional(id),
  project_id: optional(id),
  finish_date: optional(z.string()),
  device_requirements: optional(list(z.string(), 100)),
})

/** A decimal integer, as a number, a bigint beyond 2^53, or text (F13). */
export const ackId = z
  .union([z.number().int().nonnegative(), z.bigint().nonnegative(), z.string().regex(/^\d{1,40}$/)])
  .transform((value) => BigInt(value).toString())

export const surveyPlanUpdate = z.object({
  version: optional(z.union([z.string(), z.number(), z.bigint()]))
    .transform((value) => (value ?? '').toString())
    .pipe(z.string().max(256)),
  ack_id: ackId,
  survey_session_creation_url: optional(z.string()),
  survey_plan: plan,
})

export type SurveyPlanUpdate = z.output<typeof surveyPlanUpdate>
export type SurveyPlan = SurveyPlanUpdate['survey_plan']
export type WireQuota = SurveyPlan['quotas'][number]
export type WireQualification = SurveyPlan['qualifications'][number]
export type WirePricing = SurveyPlan['pricing']

/** What can still be read of an update that is not readable as a whole. */
export const updateIdentity = z.object({
  ack_id: ackId.optional().catch(undefined),
  survey_plan: z
    .object({ id: id.optional().catch(undefined) })
    .optional()
    .catch(undefined),
})

/** POST /panels/{panelId}/session/{token}: CreateSurveySessionResponse. */
export const createdSession = z.object({ url: z.string().min(1).max(8_192) })

/** Error and ValidationError (K2). */
export const errorAnswer = z.object({
  code: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish(),
  details: z
    .array(
      z.object({
        constraint: z.string().nullish(),
        field: z.string().nullish(),
        message: z.string().nullish(),
      }),
    )
    .nullish(),
})
