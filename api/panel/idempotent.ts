import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'
import { type Answer, answerOnce } from '../../commands/requests/answer-once.js'
import type { ApiDependencies } from '../dependencies.js'
import { Problem } from '../http/problem.js'
import { invalid } from '../http/validate.js'

const LONGEST_KEY = 255

/**
 * Answers a request once for its Idempotency-Key (docs/api.md, From an offer to the money). The same key and body get
 * the stored answer, another body 422. Waits for a concurrent request with the same key. Stores only 2xx answers.
 * Without a key, does the work directly.
 * @param work receives the key, and the session that an earlier attempt with it stored before its process died
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
  const once = await answerOnce(
    deps,
    { panel, key, requestHash: hashOf(body) },
    (resumed) => work(key, resumed),
    (error) => error instanceof Problem && error.status < 500,
  )
  switch (once.kind) {
    case 'answered':
      if (once.replayed) response.setHeader('Idempotent-Replayed', 'true')
      return send(response, once.answer)
    case 'conflict':
      throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used with another body')
    case 'busy':
      throw new Problem(409, 'request_in_progress', 'The first request with this Idempotency-Key is still under way', {
        retryAfterSeconds: 2,
      })
  }
}

const hashOf = (body: unknown): string => createHash('sha256').update(JSON.stringify(body)).digest('hex')

function send(response: Response, answer: Answer): void {
  response.status(answer.status).json(answer.body)
}
