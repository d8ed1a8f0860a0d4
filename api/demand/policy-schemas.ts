import { z } from 'zod'
import { formatDuration, parseDuration } from '../../platform/config/duration.js'
import { pageSize } from '../panel/paging.js'
import { Status } from './plan-schemas.js'

const MOST = 10_000_000
const WHOLE = `must be a whole number from 0 to ${MOST}`
const whole = z.int({ error: WHOLE }).min(0, WHOLE).max(MOST, WHOLE)
const PERCENT = 'must be a whole number from 0 to 100'
const LONGEST_PAUSE_MS = 90 * 24 * 3_600_000

const pause = z
  .string({ error: 'must be a duration, such as 2h' })
  .transform((given, context): number => {
    const milliseconds = parseDuration(given)
    if (milliseconds !== null && milliseconds <= LONGEST_PAUSE_MS) return milliseconds
    context.addIssue({
      code: 'custom',
      message: 'must be a duration of at most 90d: a whole number and ms, s, m, h or d',
    })
    return z.NEVER
  })
  .meta({ type: 'string', example: '2h' })

const members = {
  overage: whole.meta({ description: 'Completes beyond the target that are paid too', example: 5 }),
  accept_unsigned: z
    .boolean({ error: 'must be true or false' })
    .meta({ description: 'An unsigned browser outcome is enough for a complete to be payable', example: false }),
  flexibility_percent: z
    .int({ error: PERCENT })
    .min(0, PERCENT)
    .max(100, PERCENT)
    .meta({ description: 'Percent of the completes not allocated to a panel that it may also take', example: 25 }),
}

const softLaunch = z
  .strictObject(
    { completes: z.int({ error: WHOLE }).min(1, 'must be at least 1').max(MOST, WHOLE), pause },
    { error: 'must be {"completes": …, "pause": "2h"} or null' },
  )
  .nullable()
  .meta({ description: 'The plan pauses for `pause` after its first `completes`; null = no soft launch' })

/** PUT: changes the members that are present; absent members stay as they are. */
export const PolicyRequest = z
  .strictObject(
    {
      overage: members.overage.optional(),
      accept_unsigned: members.accept_unsigned.optional(),
      flexibility_percent: members.flexibility_percent.optional(),
      allocations: z
        .record(z.string(), whole.nullable(), { error: 'must be an object: panel -> completes' })
        .optional()
        .meta({
          description: 'By targeted panel, compared without case; null removes an allocation',
          example: { lifepoints: 10 },
        }),
      soft_launch: softLaunch.optional(),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object' : undefined) },
  )
  .meta({ id: 'PlanPolicyRequest', example: { overage: 5, flexibility_percent: 25, allocations: { lifepoints: 10 } } })
export type PolicyRequest = z.output<typeof PolicyRequest>

export const PolicyAnswer = z
  .object({
    ...members,
    allocations: z.record(z.string(), z.int()).meta({ example: { lifepoints: 10 } }),
    soft_launch: z
      .object({ completes: z.int(), pause: z.string().meta({ example: formatDuration(7_200_000) }) })
      .nullable(),
  })
  .meta({ id: 'PlanPolicy' })
export type PolicyAnswer = z.output<typeof PolicyAnswer>

const Place = z.tuple([z.iso.datetime(), z.string().regex(/^[\w-]{1,64}$/)])

/** The position at which a page of plans ended. */
export interface PlanPlace {
  readonly createdAt: Date
  readonly planId: string
}

export const planCursorOf = ({ createdAt, planId }: PlanPlace): string =>
  Buffer.from(JSON.stringify([createdAt.toISOString(), planId])).toString('base64url')

const cursor = z
  .string({ error: 'must be text' })
  .transform((given, context): PlanPlace => {
    const place = Place.safeParse(fromJson(given))
    if (place.success) return { createdAt: new Date(place.data[0]), planId: place.data[1] }
    context.addIssue({ code: 'custom', message: 'must be a next_cursor of this list' })
    return z.NEVER
  })
  .meta({ type: 'string', description: '`next_cursor` of the page before; opaque' })

function fromJson(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

export const PlansQuery = z.strictObject({ cursor: cursor.optional(), limit: pageSize(50, 200) })

const stamp = z.iso.datetime().meta({ example: '2026-01-15T09:30:00.000Z' })

const ListedPlan = z
  .object({
    id: z.string(),
    survey_id: z.string().meta({ description: 'Your own' }),
    panel_survey_id: z.string().meta({ description: 'The survey id that panels see' }),
    status: Status,
    status_reason: z.enum(['buyer', 'filled', 'finish_date']).meta({ description: 'Why the plan has its status' }),
    country: z.string().meta({ example: 'USA' }),
    target_completes: z.int(),
    completes: z.int().meta({ description: 'Payable ones' }),
    available_completes: z.int(),
    in_progress: z
      .int()
      .meta({ description: 'Respondents who are in the survey, or whose complete is not proven yet' }),
    overage: z.int(),
    finish_date: z.string().nullable(),
    created_at: stamp,
    updated_at: stamp,
  })
  .meta({ id: 'ListedPlan' })
export type ListedPlan = z.output<typeof ListedPlan>

export const PlansAnswer = z
  .object({ plans: z.array(ListedPlan), next_cursor: z.string().nullable() })
  .meta({ id: 'PlansAnswer' })
export type PlansAnswer = z.output<typeof PlansAnswer>
