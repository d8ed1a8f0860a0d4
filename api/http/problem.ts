import type { Response } from 'express'

export interface FieldFault {
  readonly field: string
  readonly message: string
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Invalid request',
  401: 'API key required',
  403: 'Not allowed with this key',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Not possible in the current state',
  413: 'Request too large',
  415: 'Send application/json',
  422: 'The Idempotency-Key belongs to another request',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Temporarily unavailable',
}

/** An error answer: RFC 9457 problem+json with a stable `code` for programs. */
export class Problem extends Error {
  override readonly name = 'Problem'
  constructor(
    readonly status: number,
    /** Stable, snake_case; programs branch on it. */
    readonly code: string,
    /** For people: what is wrong and what to do. */
    readonly detail: string,
    readonly more: {
      readonly errors?: readonly FieldFault[]
      readonly retryAfterSeconds?: number
      /** Further members of the answer (session_id, alternatives). */
      readonly members?: Readonly<Record<string, unknown>>
    } = {},
  ) {
    super(detail)
  }
}

/** Answers with a problem. */
export function sendProblem(response: Response, problem: Problem): void {
  if (problem.more.retryAfterSeconds !== undefined) {
    response.setHeader('Retry-After', String(Math.ceil(problem.more.retryAfterSeconds)))
  }
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: TITLES[problem.status] ?? 'Not possible',
        status: problem.status,
        code: problem.code,
        detail: problem.detail,
        errors: problem.more.errors ?? [],
        ...problem.more.members,
      }),
    )
}

export const notFound = (detail = 'Not found, or not visible to you'): Problem => new Problem(404, 'not_found', detail)
