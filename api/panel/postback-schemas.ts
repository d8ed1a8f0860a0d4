import { z } from 'zod'
import { stamp, text } from './fields.js'

/** Query of `GET /v1/postbacks`. */
export const PostbacksQuery = z.strictObject({ session_id: text(1, 256) })

const PostbackState = z.enum(['pending', 'delivered', 'dead'])

/** A message to the panel and every attempt to deliver it. */
export const Postback = z
  .object({
    id: z.string().meta({
      description: 'The webhook-id: the same over all attempts and redeliveries',
      example: 'msg_8JxY0nq3T1uVb5Wc',
    }),
    type: z.enum(['session.outcome', 'session.adjusted']),
    session_id: z.uuid(),
    state: PostbackState,
    attempts: z.array(
      z.object({
        at: stamp,
        status: z.int().nullable().meta({ example: 204 }),
        error: z.string().nullable().meta({ example: null }),
        body_head: z.string().nullable().meta({ example: '' }),
      }),
    ),
  })
  .meta({ id: 'Postback' })

/** Answer of `GET /v1/postbacks`. */
export const PostbacksAnswer = z.object({ postbacks: z.array(Postback) }).meta({ id: 'PostbackList' })
export type PostbacksAnswer = z.output<typeof PostbacksAnswer>

/** 202 of `POST /v1/postbacks/{id}/redeliver`. */
export const RedeliverAnswer = z
  .object({ id: z.string().meta({ example: 'msg_8JxY0nq3T1uVb5Wc' }), state: PostbackState })
  .meta({ id: 'Redelivery' })
export type RedeliverAnswer = z.output<typeof RedeliverAnswer>
