import { z } from 'zod'

/** Answer of `GET /healthz`. */
export const HealthAnswer = z.object({ status: z.literal('ok') }).meta({ id: 'Health' })
export type HealthAnswer = z.output<typeof HealthAnswer>

const Part = z.object({ ok: z.boolean(), detail: z.string().optional() })

/** Answer of `GET /readyz`. */
export const ReadyAnswer = z
  .object({
    status: z.enum(['ready', 'degraded', 'unavailable']),
    parts: z.object({
      database: Part,
      migrations: Part,
      catalogue: Part,
      temporal: Part,
      workers: Part.meta({ description: 'Every task queue has a worker with a heartbeat within 25 seconds' }),
      janitor: Part.meta({ description: 'It reported a round within 75 seconds' }),
    }),
  })
  .meta({ id: 'Readiness' })
export type ReadyAnswer = z.output<typeof ReadyAnswer>

/** Answer of `GET /.well-known/jwks.json`. */
export const JwksAnswer = z
  .object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.string() })) })
  .meta({ id: 'Jwks', description: 'The public part of the key that signs the tokens in redirects (RFC 7517)' })
