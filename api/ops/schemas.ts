import { z } from 'zod'
import { stamp, text } from '../panel/fields.js'
import { cursor, pageSize } from '../panel/paging.js'

/** Answer of `GET /v1/ops/connections`. */
export const ConnectionsAnswer = z
  .object({
    connections: z.array(
      z.object({
        id: z.string(),
        provider: z.string(),
        state: z.enum(['starting', 'healthy', 'degraded', 'blocked', 'paused']),
        reason: z.string().nullable(),
        last_success_at: stamp.nullable(),
        fail_streak: z.int(),
        surveys_open: z.int(),
        lag_ms: z.int().nullable().meta({ description: 'Since the last good poll; null when there was none' }),
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

/** 202 of pause, resume and poll: the poll loop was told. */
export const ConnectionActionAnswer = z
  .object({ id: z.string(), requested: z.enum(CONNECTION_ACTIONS) })
  .meta({ id: 'ConnectionAction' })
export type ConnectionActionAnswer = z.output<typeof ConnectionActionAnswer>

const QUARANTINE_STATES = ['open', 'healed', 'redriven'] as const

/** Query of `GET /v1/ops/quarantine`. */
export const QuarantineQuery = z.strictObject({
  connection: text(1, 128).optional(),
  state: z.enum(QUARANTINE_STATES, { error: `must be one of ${QUARANTINE_STATES.join(', ')}` }).optional(),
  cursor: cursor.optional(),
  limit: pageSize(50, 100),
})

/** Answer of `GET /v1/ops/quarantine`, newest first. */
export const QuarantineAnswer = z
  .object({
    quarantine: z.array(
      z.object({
        id: z.uuid(),
        connection: z.string(),
        provider_survey_id: z.string().nullable(),
        reason: z.string(),
        raw: z.string().meta({ description: 'The record as it came' }),
        raw_encoding: z.enum(['utf-8', 'base64']).meta({ description: 'base64 where the bytes are no UTF-8' }),
        raw_truncated: z.boolean().meta({ description: 'True when only the first 64 KB are shown' }),
        first_seen_at: stamp,
        last_seen_at: stamp,
        count: z.int(),
        state: z.enum(QUARANTINE_STATES),
      }),
    ),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'Quarantine' })
export type QuarantineAnswer = z.output<typeof QuarantineAnswer>
