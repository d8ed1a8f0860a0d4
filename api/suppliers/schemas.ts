import { z } from 'zod'

const wholeNumber = (what: string) =>
  z
    .string({ error: what })
    .regex(/^\d{1,15}$/, what)
    .transform(Number)

/** Query of `GET /suppliers/v2/surveys`. */
export const SurveysQuery = z.strictObject({
  survey_status: wholeNumber('must be 11, 22, 33 or 44')
    .refine((status) => [11, 22, 33, 44].includes(status), 'must be 11, 22, 33 or 44')
    .default(22)
    .meta({ type: 'integer', description: '11 draft, 22 live, 33 paused, 44 closed', default: 22 }),
  mod_on: wholeNumber('must be a time in epoch milliseconds')
    .refine((since) => since < 7_258_118_400_000, 'must be a time in epoch milliseconds')
    .optional()
    .meta({ type: 'integer', description: 'Only surveys that changed since then, in epoch milliseconds' }),
  reg: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .optional()
    .meta({ type: 'string', description: 'Accepted and ignored, because nothing has to be registered here' }),
})

const code = z.union([z.int(), z.string()])
const epoch = z.int().meta({ description: 'Epoch milliseconds', example: 1_587_077_966_685 })
const additional = z.int().optional().meta({
  description: 'Number of qualifications that these codes cannot express; absent = none',
  example: 1,
})

/** From the document's own response. */
const QUOTA_EXAMPLE = {
  quota_id: '1d36daca-42c0-4cd4-b1ea-9a2e219237d6',
  quantities: { currently_open: 5, remaining: 50, achieved: 3 },
  criteria: [{ qualification_code: 219, condition_codes: ['112', '113'] }],
  crtd_on: 1_587_077_971_121,
  mod_on: 1_587_082_329_823,
  last_complete_date: 1_587_082_329_802,
}
const SURVEY_EXAMPLE = {
  cpi: 2.5,
  currency: 'USD',
  incl_excl: 0,
  supplier_completes: {
    needed: 24,
    achieved: 3,
    remaining: 21,
    guaranteed_allocation: 10,
    guaranteed_allocation_remaining: 7,
  },
  price_type: 1,
  pii: false,
  buyer_message: '',
  survey_performance: { overall: { ir: 7, loi: 16 }, last_block: { ir: 7, loi: 16 } },
  survey_id: 'sv_4f2a91c0d6e87b35aa01c2d4',
  last_complete_date: 1_587_079_259_955,
  survey_name: 'Exciting New Survey #479329',
  surveyLocalization: 'en_US',
  survey_status: 22,
  buyer_id: 163,
  field_end_date: 1_588_373_966_682,
  crtd_on: 1_587_077_966_685,
  mod_on: 1_587_079_256_164,
  click_balancing: 0,
  category: 'Exciting New',
  category_code: 0,
  qualifications: [
    { qualification_code: 211, condition_codes: ['112', '111'] },
    { qualification_code: 212, range_sets: [{ from: 18, to: 35, units: 311 }] },
  ],
  quotas: [QUOTA_EXAMPLE],
  soft_launch: true,
}

const Criterion = z
  .object({
    qualification_code: code.meta({ example: 212 }),
    condition_codes: z.array(z.string()).optional(),
    range_sets: z.array(z.object({ from: z.number(), to: z.number(), units: z.int().optional() })).optional(),
  })
  .meta({
    id: 'SupplierCriterion',
    example: { qualification_code: 212, range_sets: [{ from: 18, to: 24, units: 311 }] },
  })

const Performance = z
  .object({ ir: z.number(), loi: z.number() })
  .meta({ id: 'SupplierPerformance', example: { ir: 7, loi: 16 } })

const SupplierCompletes = z
  .object({
    needed: z.int(),
    achieved: z.int(),
    remaining: z.int(),
    guaranteed_allocation: z.int().optional().meta({ description: 'Absent without a guarantee' }),
    guaranteed_allocation_remaining: z.int().optional(),
  })
  .meta({
    id: 'SupplierCompletes',
    example: {
      needed: 24,
      achieved: 3,
      remaining: 21,
      guaranteed_allocation: 10,
      guaranteed_allocation_remaining: 7,
    },
  })

const SupplierQuota = z
  .object({
    quota_id: z.string(),
    quantities: z.object({
      currently_open: z
        .int()
        .meta({ description: 'How many panelists can enter now; 0 = the quota refuses its panelists' }),
      remaining: z.int(),
      achieved: z.int(),
    }),
    criteria: z.array(Criterion),
    additional_qualification_count: additional,
    crtd_on: epoch,
    mod_on: epoch,
    last_complete_date: epoch.nullable(),
  })
  .meta({ id: 'SupplierSurveyQuota', example: QUOTA_EXAMPLE })

const SupplierSurvey = z
  .object({
    cpi: z.number().meta({ description: 'In major units, with all the digits of its currency', example: 2.5 }),
    currency: z.string().meta({ example: 'USD' }),
    survey_grouping: z.object({ survey_ids: z.array(z.string()), exclusion_period: z.number() }).optional(),
    incl_excl: z.int(),
    supplier_completes: SupplierCompletes.optional(),
    price_type: z.int(),
    pii: z.boolean(),
    buyer_message: z.string(),
    survey_performance: z.object({ overall: Performance, last_block: Performance }),
    survey_id: z.string().meta({ example: 'sv_4f2a91c0d6e87b35aa01c2d4' }),
    last_complete_date: epoch.nullable().meta({ description: 'Of your own completes' }),
    survey_name: z.string(),
    surveyLocalization: z.string().meta({ example: 'en_US' }),
    survey_status: z.int().meta({ description: '22 live, 33 paused, 44 closed', example: 22 }),
    buyer_id: z.int(),
    field_end_date: epoch.nullable(),
    crtd_on: epoch,
    mod_on: epoch,
    click_balancing: z.int(),
    category: z.string(),
    category_code: z.int(),
    qualifications: z.array(Criterion),
    additional_qualification_count: additional,
    quotas: z.array(SupplierQuota),
    soft_launch: z.boolean(),
  })
  .meta({ id: 'SupplierSurvey', example: SURVEY_EXAMPLE })

export const SurveyAnswer = z
  .object({ apiStatus: z.literal('success'), msg: z.string(), version: z.string(), survey: SupplierSurvey })
  .meta({ id: 'SupplierSurveyAnswer' })

export const SurveysAnswer = z
  .object({ apiStatus: z.literal('success'), msg: z.string(), surveys: z.array(SupplierSurvey) })
  .meta({ id: 'SupplierSurveysAnswer' })

export const SupplierFailure = z
  .object({ apiStatus: z.literal('failure'), msg: z.string() })
  .meta({ id: 'SupplierFailure', example: { apiStatus: 'failure', msg: 'Survey not found' } })
