import { z } from 'zod'
import { OUTCOMES } from '../../domain/outcome.js'
import { PLAN_STATUSES } from '../../domain/plan/survey-plan.js'
import { isCountry } from '../../platform/config/iso-codes.js'

/*
 * The bodies of the Kantar Gateway API's Demand API, in its words: the checks that do not depend on the configuration.
 * Unknown members are refused at every level, so that a misspelled option does not count as absent. Bounds that the
 * seed does not give limit the size of a body; they are far above what a buyer needs.
 */

const ONE_LINE = /^(?=.*\S)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u

/** One line of text that is not blank. */
const line = (longest: number, example: string) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(ONE_LINE, 'must be one line of text, not blank and without control characters')
    .meta({ example })

const whole = (least: number, most: number, example: number) => z.int().min(least).max(most).meta({ example })

/** The currencies of the gateway (Kantar Gateway API, Pricing). */
export const PLAN_CURRENCIES = ['USD', 'GBP', 'AUD', 'CAD', 'EUR'] as const

export const Pricing = z
  .strictObject({
    cpi: whole(1, 1_000_000, 150),
    unit: z.enum(['fractional', 'main']),
    currency: z.enum(PLAN_CURRENCIES),
  })
  .meta({ id: 'Pricing', description: '150 `fractional` USD are 1.50 USD, 2 `main` USD are 2.00 USD' })

const bound = z.int().min(-1_000_000).max(1_000_000)
const RangeAnswer = z
  .strictObject({ start: bound.meta({ example: 16 }), end: bound.meta({ example: 21 }) })
  .refine(({ start, end }) => start <= end, {
    message: 'must not start after it ends: start <= end',
    params: { constraint: 'range' },
  })
  .meta({ id: 'RangeAnswer', description: 'Inclusive on both ends' })

export const Qualification = z
  .strictObject({
    question_id: line(256, 'age'),
    qualifying_answers: z
      .union([z.array(RangeAnswer).min(1).max(100), z.array(line(256, 'male')).min(1).max(1_000)])
      .meta({
        description: 'Ranges for a range question, answer ids for the others; never both',
        example: [{ start: 16, end: 21 }],
      }),
  })
  .meta({ id: 'Qualification' })

const qualifications = z.array(Qualification).max(100)

export const PlanQuota = z
  .strictObject({
    id: line(256, 'demand-partner-quota-id').meta({ description: 'Your own, unique within the plan' }),
    qualifications,
    additional_qualification_count: whole(0, 10_000, 3).optional(),
    pricing: Pricing.optional(),
    target_completes: whole(0, 10_000_000, 30)
      .optional()
      .meta({ description: 'Absent: only the plan limits it. 0: the quota is full' }),
  })
  .meta({ id: 'Quota' })

const country = z
  .string()
  .refine(isCountry, {
    message: 'must be an ISO 3166-1 alpha-3 code in capitals, such as USA',
    params: { constraint: 'format' },
  })
  .meta({ example: 'USA' })

const members = {
  survey_id: line(256, 'demand-survey-plan-id').meta({ description: 'Your own id of the survey' }),
  categories: z.array(line(256, 'pets')).max(100).optional(),
  country,
  locale: z
    .string()
    .regex(/^[a-z]{2}-[A-Z]{2}$/, 'must be a language in lower case, a dash and a country in capitals, such as es-US')
    .optional()
    .meta({ example: 'es-US' }),
  survey_url: z.string().min(1).max(4_096).meta({
    example: 'https://survey-platform.com/survey/e9790abf',
    description: 'Placeholders such as `((SESSION_ID))` are filled at entry',
  }),
  type: z.enum(['interview', 'tracker']),
  tags: z.array(line(256, 'webcam')).max(100).optional(),
  estimated_loi: whole(1, 1_440, 5).meta({ description: 'Minutes' }),
  estimated_cr: whole(0, 100, 25).meta({ description: 'Percent' }),
  estimated_ir: whole(0, 100, 80).meta({ description: 'Percent' }),
  target_completes: whole(1, 10_000_000, 30),
  survey_platform: line(256, 'Decipher').meta({
    description: 'Compared without case; NON_INTEGRATED_SURVEY_PLATFORM for one that only redirects browsers',
  }),
  target_panels: z
    .array(z.strictObject({ name: line(256, 'lifepoints') }).meta({ id: 'Panel' }))
    .min(1)
    .max(1_000)
    .meta({ description: 'Compared without case' }),
  pricing: Pricing,
  additional_qualification_count: whole(0, 10_000, 3).optional(),
  quotas: z.array(PlanQuota).max(1_000),
  qualifications,
  resume_allowed: z.boolean().optional(),
  group_id: line(256, 'group-id').optional(),
  project_id: line(256, 'project-id').optional(),
  contact_emails: z
    .array(z.email('must be an e-mail address').max(320).meta({ example: 'email_one@email.com' }))
    .max(100)
    .optional(),
  finish_date: z
    .string()
    .refine(isInstant, {
      message: 'must be an ISO 8601 date and time with its zone, such as 2026-12-31T17:00:00Z',
      params: { constraint: 'format' },
    })
    .optional()
    .meta({ format: 'date-time', example: '2026-12-31T17:00:00.000Z' }),
  device_requirements: z
    .array(z.enum(['desktop', 'mobile', 'tablet']))
    .min(1)
    .max(3)
    .optional()
    .meta({ description: 'Absent: every device' }),
}

const zoned = z.iso.datetime({ offset: true })

/** True for an instant that JavaScript and PostgreSQL both accept: a year from 1900 to 2999, a zone that exists. */
function isInstant(given: string): boolean {
  if (!zoned.safeParse(given).success || Number.isNaN(Date.parse(given))) return false
  const year = Number(given.slice(0, 4))
  const hours = /[+-](\d\d):?\d\d$/.exec(given)?.[1]
  return year >= 1900 && year <= 2999 && Number(hours ?? 0) <= 14
}

/** POST /survey-plan: SurveyPlan. */
export const SurveyPlanRequest = z.strictObject(members).meta({ id: 'SurveyPlan' })
export type SurveyPlanRequest = z.output<typeof SurveyPlanRequest>

export const Status = z.enum(PLAN_STATUSES).meta({ id: 'PlanStatus' })

/** PATCH of a plan or a quota: only the status can be edited. */
export const EditStatusRequest = z.strictObject({ status: Status }).meta({ id: 'EditStatusRequest' })

export const CreatePlanAnswer = z
  .object({ id: z.string().meta({ example: 'plan_3Q8hT1c0uJm5Zk7XbR2w9YvA' }) })
  .meta({ id: 'CreateSurveyPlanResponse' })
export const EditPlanAnswer = z.object({ id: z.string(), message: z.string() }).meta({ id: 'EditSurveyPlanResponse' })
export const EditQuotaAnswer = z
  .object({ id: z.string(), survey_plan_status: Status, message: z.string() })
  .meta({ id: 'EditQuotaResponse' })

const count = z.int().min(0)

export const QuotaWithStatus = PlanQuota.extend({ status: Status })

/** A plan as its buyer posted it, with its id and its statuses. */
export const PlanWithStatus = z
  .object({ ...members, id: z.string(), status: Status, quotas: z.array(QuotaWithStatus) })
  .meta({ id: 'SurveyPlanWithStatus' })

/** Answer of GET: a plan with its statuses and counts. */
export const PlanAnswer = z
  .object({
    survey_plan: PlanWithStatus,
    available_completes: z.object({
      survey: count.meta({ description: 'Target minus payable completes; respondents now in the survey do not count' }),
      quotas: z.record(z.string(), count).meta({ description: 'Of a quota without a target: what the plan has left' }),
    }),
    survey_performance: z.object({
      completes: count.meta({ description: 'Payable completes' }),
      failures: count.meta({ description: 'Sessions that ended in any other outcome' }),
      status_metrics: z
        .record(z.string(), z.object(Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count]))))
        .meta({ description: 'By targeted panel' }),
    }),
  })
  .meta({ id: 'GetSurveyPlanResponse' })
