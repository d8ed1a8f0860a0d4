import { z } from 'zod'

/** The parts of Tributary's answers that the buyer uses; tolerant of everything else. */
const Pricing = z.object({ cpi: z.number(), unit: z.string(), currency: z.string() })
const Range = z.object({ start: z.number(), end: z.number() })
const Qualification = z.object({
  question_id: z.string(),
  qualifying_answers: z.array(z.union([z.string(), Range])),
})
export type Qualification = z.infer<typeof Qualification>

const Quota = z.object({
  id: z.string(),
  qualifications: z.array(Qualification).default([]),
  target_completes: z.number().nullish(),
  status: z.string().default('OPEN'),
})

/** Kantar Gateway API, GetSurveyPlanResponse. */
export const PlanView = z.object({
  survey_plan: z.object({
    id: z.string(),
    survey_id: z.string().nullish(),
    country: z.string(),
    locale: z.string().nullish(),
    survey_url: z.string(),
    survey_platform: z.string(),
    status: z.string(),
    target_completes: z.number(),
    estimated_loi: z.number(),
    estimated_cr: z.number(),
    estimated_ir: z.number(),
    target_panels: z.array(z.object({ name: z.string() })),
    pricing: Pricing,
    quotas: z.array(Quota).default([]),
    qualifications: z.array(Qualification).default([]),
    finish_date: z.string().nullish(),
  }),
  available_completes: z.object({ survey: z.number(), quotas: z.record(z.string(), z.number()).default({}) }),
  survey_performance: z
    .object({
      completes: z.number(),
      failures: z.number(),
      status_metrics: z.record(z.string(), z.record(z.string(), z.number())).default({}),
    })
    .default({ completes: 0, failures: 0, status_metrics: {} }),
})
export type PlanView = z.infer<typeof PlanView>

/** `GET /v1/plans`. */
export const PlanList = z.object({
  plans: z.array(
    z.object({
      id: z.string(),
      survey_id: z.string(),
      /** The plan's id in panels' feeds. */
      panel_survey_id: z.string().nullish(),
      status: z.string(),
      target_completes: z.number(),
      completes: z.number().default(0),
      /** Respondents who are in the survey now. */
      in_progress: z.number().nullish(),
      /** Who or what decided the status. */
      status_reason: z.string().nullish(),
    }),
  ),
  next_cursor: z.string().nullish(),
})
export type PlanSummary = z.infer<typeof PlanList>['plans'][number]

export const CreatedPlan = z.object({ id: z.string() })

/** `GET /v1/plans/{id}/policy`. */
export const Policy = z.object({
  overage: z.number(),
  accept_unsigned: z.boolean(),
  flexibility_percent: z.number(),
  allocations: z.record(z.string(), z.number()),
  soft_launch: z.object({ completes: z.number(), pause: z.string() }).nullish(),
})
export type Policy = z.infer<typeof Policy>

/** Panel -> country -> what it serves there (Kantar Gateway API, TargetingPanelsResponse). */
export const TargetingPanels = z.record(
  z.string(),
  z.record(z.string(), z.object({ locales: z.array(z.string()), currency: z.string() })),
)
export type TargetingPanels = z.infer<typeof TargetingPanels>

/** Kantar Gateway API, Error and ValidationError; the PureSpectrum Buy API's errors; problem+json of the /v1 routes. */
export const Refusal = z.object({
  message: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  ps_api_response_message: z.string().optional(),
  details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
})

/** The PureSpectrum Buy API: templates by folder. */
export const TemplateFolders = z.array(
  z.object({
    folder: z.string(),
    templates: z.array(z.object({ id: z.number(), name: z.string(), title: z.string().nullish() })),
  }),
)
export type TemplateFolders = z.infer<typeof TemplateFolders>
