import { z } from 'zod'
import type { Keyset } from '../../db/read-models/keyset.js'
import { PLAN_STATUSES } from '../../domain/plan/survey-plan.js'
import { stamp, text } from '../panel/fields.js'
import { isRealDay, pageSize } from '../panel/paging.js'

const Place = z.tuple([
  z.string().regex(/^[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/),
  z.string().regex(/^[\w-]{1,128}$/),
])

/** The cursor of a list of plans, whose ids are not UUIDs, unlike those of other lists. */
export const planCursor = z
  .string({ error: 'must be text' })
  .transform((given, context): Keyset => {
    const place = Place.safeParse(jsonOf(given))
    if (place.success && isRealDay(place.data[0])) return { at: place.data[0], id: place.data[1] }
    context.addIssue({ code: 'custom', message: 'must be a next_cursor of this list' })
    return z.NEVER
  })
  .meta({ description: '`next_cursor` of the page before; opaque' })

function jsonOf(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

/** Query of `GET /v1/ops/plans`. */
export const PlansQuery = z.strictObject({
  demand_partner: text(1, 128).optional(),
  status: z.enum(PLAN_STATUSES, { error: `must be one of ${PLAN_STATUSES.join(', ')}` }).optional(),
  cursor: planCursor.optional(),
  limit: pageSize(50, 200),
})

/** Answer of `GET /v1/ops/plans`, newest first. */
export const PlansAnswer = z
  .object({
    plans: z.array(
      z.object({
        id: z.string().meta({ example: 'plan_3nJc8u6mR2sT0vXw1yZa4bQd' }),
        demand_partner: z.string().meta({ example: 'acme' }),
        survey_id: z.string().meta({ description: 'The survey id that panels see', example: 'sv_5f1c0e9a77d24b18' }),
        buyer_survey_id: z.string().meta({ example: 'demand-survey-plan-id' }),
        country: z.string().meta({ example: 'USA' }),
        status: z.enum(PLAN_STATUSES).meta({ example: 'OPEN' }),
        status_reason: z
          .enum(['buyer', 'filled', 'finish_date'])
          .meta({ description: 'Why the plan has its status', example: 'buyer' }),
        target_completes: z.int().meta({ example: 30 }),
        overage: z.int().meta({ description: 'Completes beyond the target that are paid too', example: 0 }),
        completes: z.int().meta({ description: 'Payable ones', example: 12 }),
        held: z.int().meta({ description: 'Slots of sessions in progress', example: 3 }),
        panels: z.array(
          z.object({
            panel: z.string().meta({ example: 'lifepoints' }),
            allocation: z.int().nullable().meta({ example: 10 }),
            completes: z.int().meta({ example: 7 }),
          }),
        ),
        finish_date: z.string().nullable().meta({ example: null }),
        created_at: stamp,
        workflow_url: z
          .string()
          .nullable()
          .meta({ description: 'Its workflow in the Temporal UI, where that is known' }),
      }),
    ),
    next_cursor: z.string().nullable().meta({ example: null }),
  })
  .meta({ id: 'OpsPlans' })
export type PlansAnswer = z.output<typeof PlansAnswer>
