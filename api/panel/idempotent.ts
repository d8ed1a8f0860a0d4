import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Request, Response } from 'express'
import {
  claimIdempotencyKey,
  type IdempotencyClaim,
  releaseIdempotencyKey,
  settleIdempotencyKey,
  unlockIdempotencyKey,
} from '../../db/stores/idempotency-store.js'
import type { ApiDependencies } from '../dependencies.js'
import { Problem } from '../http/problem.js'
import { invalid } from '../http/validate.js'

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** A request that died is taken over after this, in milliseconds. */
const LOCK_MS = 20_000
/** One under way is waited for: no create takes longer, unless its process is frozen; then 409, and the next try. */
const PATIENCE_MS = 8_500
const LOOK_AGAIN_MS = 75
const LONGEST_KEY = 255

/**
 * Answers a request once for its Idempotency-Key (contract §4): the same key and body get the stored answer, another
 * body 422, a twin under way is waited for. Only 2xx are stored. Without a key the work is simply done.
 * @param work gets the key, and the session which an earlier attempt with it had stored before it died
 */
export async function withIdempotencyKey(
  deps: ApiDependencies,
  panel: string,
  request: Request,
  response: Response,
  body: unknown,
  work: (key: string | null, resumed: string | null) => Promise<Answer>,
): Promise<void> {
  const key = request.headers['idempotency-key']
  if (key === undefined) return send(response, await work(null, null))
  if (typeof key !== 'string' || key === '' || key.length > LONGEST_KEY) {
    throw invalid([{ field: 'Idempotency-Key', message: `must have 1 to ${LONGEST_KEY} characters` }])
  }
  const claim = await claimOrWait(deps, { panel, key, requestHash: hashOf(body) })
  switch (claim.kind) {
    case 'done':
      response.setHeader('Idempotent-Replayed', 'true')
      return send(response, claim)
    case 'conflict':
      throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used with another body')
    case 'busy':
      throw new Problem(409, 'request_in_progress', 'The first request with this Idempotency-Key is still under way', {
        retryAfterSeconds: 2,
      })
    case 'mine': {
      const answer = await workOrLetGo(deps, panel, key, () => work(key, claim.sessionId))
      await settleIdempotencyKey(deps.knex, panel, key, answer.status, answer.body)
      return send(response, answer)
    }
  }
}

async function claimOrWait(
  deps: ApiDependencies,
  key: { panel: string; key: string; requestHash: string },
): Promise<IdempotencyClaim> {
  const giveUpAt = deps.clock().getTime() + PATIENCE_MS
  for (;;) {
    const now = deps.clock()
    const claim = await claimIdempotencyKey(deps.knex, key, now, new Date(now.getTime() + LOCK_MS))
    if (claim.kind !== 'busy' || now.getTime() > giveUpAt) return claim
    await delay(LOOK_AGAIN_MS)
  }
}

async function workOrLetGo(
  deps: ApiDependencies,
  panel: string,
  key: string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    // refused: the next request with the key starts afresh. Broken off: it goes on with the session that may be stored.
    // Neither can be written while PostgreSQL is away; then the lock runs out
    const refused = error instanceof Problem && error.status < 500
    const letGo = refused
      ? releaseIdempotencyKey(deps.knex, panel, key)
      : unlockIdempotencyKey(deps.knex, panel, key, deps.clock())
    await letGo.catch(() => undefined)
    throw error
  }
}

const hashOf = (body: unknown): string => createHash('sha256').update(JSON.stringify(body)).digest('hex')

function send(response: Response, answer: Answer): void {
  response.status(answer.status).json(answer.body)
}
