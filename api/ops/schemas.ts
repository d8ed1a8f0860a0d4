import { z } from 'zod'
import { stamp, text } from '../panel/fields.js'
import { cursor, pageSize } from '../panel/paging.js'
import { planCursor } from './plan-schemas.js'

/** Answer of `GET /v1/ops/connections`. */
export const ConnectionsAnswer = z
  .object({
    connections: z.array(
      z.object({
        id: z.string().meta({ example: 'kantar-us' }),
        provider: z.string().meta({ example: 'kantar' }),
        state: z.enum(['starting', 'healthy', 'degraded', 'blocked', 'paused']).meta({ example: 'healthy' }),
        reason: z.string().nullable().meta({ example: null }),
        last_success_at: stamp.nullable(),
        fail_streak: z.int(),
        surveys_open: z.int().meta({ example: 412 }),
        lag_ms: z
          .int()
          .nullable()
          .meta({ example: 8_412, description: 'Since the last good poll; null when there was none' }),
        quarantined: z.int(),
        workflow_url: z
          .string()
          .nullable()
          .meta({ description: 'The poll loop in the Temporal UI, where that is known' }),
      }),
    ),
  })
  .meta({ id: 'Connections' })
export type ConnectionsAnswer = z.output<typeof ConnectionsAnswer>

export const CONNECTION_ACTIONS = ['pause', 'resume', 'poll'] as const
export type ConnectionAction = (typeof CONNECTION_ACTIONS)[number]

/** Optional body of `POST /v1/ops/connections/{id}/pause`. */
export const PauseRequest = z
  .strictObject({ reason: text(1, 300).optional() })
  .meta({ id: 'PauseRequest', example: { reason: 'provider maintenance until noon' } })

/** 202 of pause, resume and poll: the poll loop has the message. */
export const ConnectionActionAnswer = z
  .object({ id: z.string().meta({ example: 'kantar-us' }), requested: z.enum(CONNECTION_ACTIONS) })
  .meta({ id: 'ConnectionAction' })
export type ConnectionActionAnswer = z.output<typeof ConnectionActionAnswer>

const QUARANTINE_STATES = ['open', 'healed', 'redriven'] as const

/** Answer of `POST /v1/ops/quarantine/{id}/redrive`: the state of the record after the redrive. */
export const RedriveAnswer = z
  .object({
    id: z.uuid(),
    connection: z.string().meta({ example: 'kantar-us' }),
    state: z.enum(QUARANTINE_STATES).meta({ example: 'redriven' }),
    reason: z.string().meta({ description: 'Why it could not be read', example: 'loi: must be a number' }),
    count: z.int().meta({ example: 2 }),
  })
  .meta({ id: 'Redrive' })
export type RedriveAnswer = z.output<typeof RedriveAnswer>

/** Query of `GET /v1/ops/quarantine`. */
export const QuarantineQuery = z.strictObject({
  connection: text(1, 128).optional(),
  state: z.enum(QUARANTINE_STATES, { error: `must be one of ${QUARANTINE_STATES.join(', ')}` }).optional(),
  cursor: cursor.optional(),
  limit: pageSize(50, 100),
})

export type QuarantineQuery = z.output<typeof QuarantineQuery>

/** Query of the page `/ops`. Unknown parameters are ignored, because a page is not an API. */
export const OpsPageQuery = z.object({
  connection: text(1, 128).optional(),
  cursor: cursor.optional(),
  plans: planCursor.optional(),
  notice: text(1, 32).optional().meta({ example: 'pause' }),
})

export type OpsPageQuery = z.output<typeof OpsPageQuery>

/** Answer of `GET /v1/ops/quarantine`, newest first. */
export const QuarantineAnswer = z
  .object({
    quarantine: z.array(
      z.object({
        id: z.uuid(),
        connection: z.string().meta({ example: 'kantar-us' }),
        provider_survey_id: z.string().nullable().meta({ example: '10482' }),
        reason: z.string().meta({ example: 'loi: must be a number' }),
        raw: z.string().meta({ description: 'The record as the provider sent it', example: '{"id":10482,"loi":"?"}' }),
        raw_encoding: z.enum(['utf-8', 'base64']).meta({ description: 'base64 where the bytes are not UTF-8' }),
        raw_truncated: z.boolean().meta({ description: 'True when only the first 64 KB are shown' }),
        first_seen_at: stamp,
        last_seen_at: stamp,
        count: z.int().meta({ example: 1 }),
        state: z.enum(QUARANTINE_STATES),
      }),
    ),
    next_cursor: z.string().nullable().meta({ example: null }),
  })
  .meta({ id: 'Quarantine' })
export type QuarantineAnswer = z.output<typeof QuarantineAnswer>
