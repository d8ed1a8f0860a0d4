import { z } from 'zod'
import { alpha3Of } from '../../domain/country.js'
import { isUriText } from '../../platform/egress/uri-text.js'
import { PLAN_CURRENCIES } from '../demand/plan-schemas.js'

/*
 * The PureSpectrum Buy API's surveys in its words. The schemas ignore members that they do not name, because the
 * document's own examples also send names of conditions, percentages and other members without effect. `null` counts as
 * absent.
 */

const ONE_LINE = /^[^\p{Cc}\p{Cs}]*$/u

const text = (longest: number, example = '') =>
  z.string().max(longest).regex(ONE_LINE, 'must be one line of text without control characters').meta({ example })
const line = (longest: number, example: string) =>
  text(longest, example).regex(/\S/, 'must not be blank').meta({ example })
const whole = (least: number, most: number, example: number) => z.int().min(least).max(most).meta({ example })
/** An address as a draft may hold it; the launch checks whether browsers may be sent there. */
const address = (example: string) =>
  text(4_096, example).refine(
    isUriText,
    'must be a URI (RFC 3986): quotes, spaces, backslashes, < and > percent-encoded',
  )
const switched = z.object({ enable: z.boolean() })

const RangeSet = z
  .object({
    units: z.literal(311).meta({ description: '311 = years' }),
    from: whole(0, 150, 18),
    to: whole(0, 150, 24),
  })
  .refine(({ from, to }) => from <= to, { message: 'must not begin after it ends: from <= to' })
  .meta({ id: 'RangeSet', description: 'Inclusive on both ends' })

const Conditions = z
  .object({
    qualification_code: whole(1, 2_147_483_647, 212),
    condition_codes: z.array(line(64, '111')).min(1).max(10_000).optional(),
    range_sets: z.array(RangeSet).min(1).max(100).optional(),
  })
  .refine(({ condition_codes: codes, range_sets: ranges }) => (codes === undefined) !== (ranges === undefined), {
    message: 'must have either condition_codes or range_sets, and not both',
  })
  .meta({
    id: 'BuyerQualification',
    example: { qualification_code: 212, range_sets: [{ units: 311, from: 18, to: 99 }] },
  })
export type QualificationFields = z.output<typeof Conditions>

/** A list of conditions that names every question once. */
const conditions = (least: number) =>
  z
    .array(Conditions)
    .min(least)
    .max(100)
    .refine(
      (list: readonly QualificationFields[]) => new Set(list.map((one) => one.qualification_code)).size === list.length,
      'must name every qualification_code once',
    )

const quotaIds = {
  buyer_quota_id: line(64, '6FLMpfWu9rzNmW9').optional(),
  ps_quota_id: z.string().max(64).optional(),
}

const Quota = z
  .object({
    ...quotaIds,
    quota_title: text(256).optional(),
    required_count: whole(0, 10_000_000, 10),
    criteria: conditions(1),
    flexible: z.object({ enable: z.boolean(), value: whole(0, 100, 0) }).optional(),
    percentage: z.number().min(0).max(100).optional(),
    maximum: whole(0, 10_000_000, 10).optional(),
    minimum: whole(0, 10_000_000, 10).optional(),
    current_target: whole(0, 10_000_000, 10).optional(),
    quota_category: text(64).optional(),
  })
  .refine(({ minimum, maximum }) => minimum === undefined || maximum === undefined || minimum <= maximum, {
    message: 'must not have a minimum above its maximum',
  })
  .meta({ id: 'BuyerQuotaRequest' })
export type QuotaFields = z.output<typeof Quota>

const quotas = z
  .array(Quota)
  .max(1_000)
  .superRefine((list, context) => {
    const seen = new Set<string>()
    list.forEach(({ buyer_quota_id: id }, at) => {
      if (id === undefined) return
      if (seen.has(id)) context.addIssue({ code: 'custom', path: [at, 'buyer_quota_id'], message: 'must be unique' })
      seen.add(id)
    })
  })

const LOCALIZATION = /^[a-z]{2}_[A-Z]{2}$/
const localization = z
  .string()
  .regex(LOCALIZATION, 'must be a language in lower case, an underscore and a country in capitals: en_US')
  .refine(
    (given) => !LOCALIZATION.test(given) || alpha3Of(given.slice(3)) !== null,
    'names a country that does not exist',
  )
  .meta({ example: 'en_US' })

/** Reads JSON numbers and decimal texts as decimal text, so that a price is never a float. */
const price = z
  .union([z.number().meta({ example: 2.5 }), z.string()])
  .refine((given) => /^\d{1,7}(\.\d{1,6})?$/.test(String(given)), 'must be a decimal amount such as 2.5')
  .transform(String)

const Panel = z.union([line(256, 'lifepoints'), z.object({ name: line(256, 'lifepoints') })])

/** Settings that have an effect here. */
const deciding = {
  survey_title: line(1_000, 'Some survey check - FOLDER 4'),
  survey_category_code: whole(1, 2_147_483_647, 232),
  survey_localization: localization,
  completes_required: whole(1, 10_000_000, 20),
  expected_ir: whole(1, 100, 50).meta({ description: 'Percent' }),
  expected_loi: whole(1, 1_440, 5).meta({ description: 'Minutes' }),
  field_time: whole(1, 3_650, 23).meta({ description: 'Days from the launch' }),
  live_url: address('https://survey.example/s/1'),
  offer_price: price,
  currency: z.enum(PLAN_CURRENCIES),
  panels: z.array(Panel).min(1).max(1_000),
  survey_platform: line(256, 'NON_INTEGRATED_SURVEY_PLATFORM'),
  soft_launch: switched,
  buyer_surveygroup_ref: text(256),
  qualifications: conditions(0),
  quotas,
}

/** Settings that are stored and shown, and have no effect here. */
export const shown = {
  qbp: switched,
  qlc: z.object({
    enable: z.boolean(),
    multiple_quotas: z
      .object({
        enable: z.boolean().default(false),
        count_by_quota: z.boolean().default(false),
        compensate_by_quota: z.boolean().default(false),
      })
      .prefault({}),
  }),
  unique_links: switched,
  click_balancing: whole(0, 1, 0),
  estimated_clicks: whole(0, 2_147_483_647, 0),
  survey_external_id: text(256),
  incl_excl: whole(0, 2_147_483_647, 0),
  quota_throttling: z.boolean(),
  url_transform: z.boolean(),
  subscriber_emails: z.array(text(320, 'ann@buyer.example')).max(100),
  buyer_message: text(4_096),
  billing_id: text(256, 'PS383451'),
  test_url: address('https://survey.example/s/1?test=1'),
  buyer_surveygroup_refs: z.array(text(256)).max(100),
  uniqueLinks: z.boolean(),
  is_feot_enabled: z.boolean(),
  survey_grouping: z.array(z.int()).max(1_000),
  schedule_launch: z.object({
    enable: z.boolean(),
    info: z.record(z.string().max(64), z.union([z.string().max(256), z.number(), z.null()])).default({}),
  }),
  price_reco: z.boolean(),
}

const every = z.object({ ...deciding, ...shown }).partial()

/** A survey's settings, whole or in part: what a template holds. */
export const SurveyFields = z.preprocess(withoutNulls, every).meta({ id: 'BuyerSurveyFields' })
export type SurveyFields = z.output<typeof SurveyFields>

/** Body of `POST` and `PUT /buyers/v2/surveys`. */
export const SurveyBody = z
  .preprocess(
    withoutNulls,
    every.extend({
      template_id: z.int().optional().meta({ example: 15 }),
      ps_survey_status: z
        .union([z.literal(11), z.literal(22), z.literal(33), z.literal(44)])
        .optional()
        .meta({ description: '11 draft, 22 live, 33 paused, 44 closed' }),
    }),
  )
  .meta({ id: 'BuyerSurveyRequest' })

function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}

/** A survey in our answers: the members of the document's answers, no others. */
export const BuyerSurvey = z
  .object({
    qbp: switched,
    qlc: shown.qlc,
    soft_launch: switched,
    unique_links: switched,
    click_balancing: z.int(),
    estimated_clicks: z.int(),
    survey_external_id: z.string(),
    ps_survey_status: z.int().meta({ example: 11, description: '11 draft, 22 live, 33 paused, 44 closed' }),
    offer_price: z.number().nullable(),
    incl_excl: z.int(),
    quota_throttling: z.boolean(),
    url_transform: z.boolean(),
    subscriber_emails: z.array(z.string()),
    survey_title: z.string(),
    survey_category_code: z.int().meta({ example: 232 }),
    completes_required: z.int().meta({ example: 20 }),
    field_time: z.int().nullable().meta({ example: 23 }),
    buyer_message: z.string().nullable(),
    live_url: z.string().nullable(),
    billing_id: z.string().nullable(),
    test_url: z.string().nullable(),
    expected_loi: z.int().meta({ example: 5 }),
    expected_ir: z.int().meta({ example: 50 }),
    ps_survey_id: z.int().meta({ example: 100001 }),
    buyer_surveygroup_ref: z.string().nullable(),
    buyer_surveygroup_refs: z.array(z.string()),
    test_ps_survey_entry_link: z.string(),
    survey_localization: z.string().meta({ example: 'en_US' }),
    uniqueLinks: z.boolean(),
    quotas: z.array(
      z.object({
        buyer_quota_id: z.string().meta({ example: '6FLMpfWu9rzNmW9' }),
        quota_title: z.string(),
        ps_quota_id: z.string().meta({ example: '24e108ba-52a2-4cb4-b0de-bfc2ce3d5e0d' }),
        required_count: z.int(),
        criteria: z.array(Conditions),
      }),
    ),
    qualifications: z.array(Conditions),
    is_feot_enabled: z.boolean(),
    survey_grouping: z.array(z.int()),
    blend_id: z.string().nullable(),
    schedule_launch: z.object({ enable: z.boolean(), info: z.record(z.string(), z.unknown()) }),
    price_reco: z.boolean(),
    project_creation_date: z.string().meta({ example: '2026-01-05T09:30:00.000Z' }),
    project_last_complete_date: z.string().nullable(),
    template_id: z.int().nullable().meta({ example: 15 }),
  })
  .meta({ id: 'BuyerSurvey' })
export type BuyerSurvey = z.output<typeof BuyerSurvey>
