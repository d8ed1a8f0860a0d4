import { z } from 'zod'
import { PLAN_STATUSES } from '../../domain/plan/survey-plan.js'
import { Pricing } from '../demand/plan-schemas.js'

/** POST /surveys/ack (Kantar Gateway API, SurveyPlanUpdateAck). */
export const AckRequest = z
  .object({
    ack_id: z
      .int()
      .min(0)
      .meta({ description: 'The highest `ack_id` that you have processed', example: 1711272468123 }),
  })
  .meta({ id: 'SurveyPlanUpdateAck' })

const count = z.int().min(0)
const status = z.enum(PLAN_STATUSES)
const qualifications = z
  .array(
    z
      .object({
        question_id: z.string().meta({ example: 'age' }),
        qualifying_answers: z
          .array(z.string().meta({ example: '16-40' }))
          .meta({ description: 'Answer ids, or ranges, inclusive on both ends' }),
      })
      .meta({ id: 'SupplierQualification' }),
  )
  .meta({ example: [{ question_id: 'age', qualifying_answers: ['16-40'] }] })
const additional = count.optional().meta({ description: 'Number of qualifications in addition to the listed ones' })

/** A quota as panels see it. */
export const SupplierQuota = z
  .object({
    id: z.string(),
    available_completes: count,
    status,
    qualifications,
    additional_qualification_count: additional,
    pricing: Pricing.optional(),
  })
  .meta({ id: 'SupplierQuota' })

/** A survey plan as panels see it: they never see a field that is not listed here. */
export const SupplierSurveyPlan = z
  .object({
    id: z.string().meta({ example: 'sv_0123456789abcdef01234567' }),
    categories: z.array(z.string()).optional(),
    country: z.string().meta({ example: 'USA' }),
    locale: z.string().optional().meta({ example: 'es-US' }),
    type: z.enum(['interview', 'tracker']),
    tags: z.array(z.string()).optional(),
    loi: z.int().meta({ description: 'Minutes' }),
    cr: z.int().meta({ description: 'Percent' }),
    ir: z.int().meta({ description: 'Percent' }),
    available_completes: count,
    pricing: Pricing,
    additional_qualification_count: additional,
    status,
    quotas: z.array(SupplierQuota),
    qualifications,
    resume_allowed: z.boolean().optional(),
    group_id: z.string().optional(),
    project_id: z.string().optional(),
    contact_emails: z.array(z.string()).optional(),
    finish_date: z.string().optional(),
    device_requirements: z.array(z.string()).optional(),
  })
  .meta({ id: 'SupplierSurveyPlan' })

/** GET /surveys (Kantar Gateway API, SurveyPlanUpdatesResponse). */
export const FeedAnswer = z
  .array(
    z
      .object({
        version: z.string().meta({ example: '3052896:1711272468123' }),
        ack_id: z.int().meta({ example: 1711272468123 }),
        survey_session_creation_url: z
          .string()
          .meta({ description: 'Create sessions here; unique to your panel, the same at every poll' }),
        survey_plan: SupplierSurveyPlan,
      })
      .meta({ id: 'SurveyPlanUpdate' }),
  )
  .meta({ id: 'SurveyPlanUpdatesResponse' })
