import { z } from 'zod'
import { panelistId } from './fields.js'

/** Query of `GET /v1/surveys/{survey_id}/explain`. */
export const ExplainQuery = z.strictObject({ panelist_id: panelistId })

const threeWays = z.union([z.boolean(), z.literal('maybe')])

const ExplainReason = z
  .object({
    attribute: z.string(),
    wanted: z.string(),
    given: z.string().nullable().meta({ description: 'Null = unknown' }),
    holds: threeWays,
    provider_code: z.string(),
    layer: z.int().optional(),
    sub_quota: z.int().optional(),
  })
  .meta({
    id: 'ExplainReason',
    example: { attribute: 'sex', wanted: 'female', given: 'female', holds: true, provider_code: 'kantar:sex' },
  })

/** Answer of `GET /v1/surveys/{survey_id}/explain`. */
export const ExplainAnswer = z
  .object({
    verdict: z.enum(['yes', 'maybe', 'no']),
    reasons: z.array(ExplainReason),
    quotas: z.array(
      z.object({
        quota_id: z.string(),
        fits: z.enum(['yes', 'maybe', 'no']),
        open: z.boolean(),
        status: z.string(),
        available: z.number().nullable(),
        remaining: z.number().nullable(),
        chosen: z.boolean(),
        reasons: z.array(ExplainReason),
      }),
    ),
    rules: z.array(z.object({ rule: z.string(), wanted: z.string(), given: z.string(), holds: threeWays })),
  })
  .meta({ id: 'ExplainAnswer' })
export type ExplainAnswer = z.output<typeof ExplainAnswer>
