import type { Response } from 'express'

export interface FieldFault {
  readonly field: string
  readonly message: string
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not right',
  401: 'An API key is needed',
  403: 'This key may not do that',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'That is not possible now',
  413: 'The request is too large',
  415: 'Send application/json',
  422: 'The Idempotency-Key belongs to another request',
  429: 'Too many requests',
  500: 'Something broke on our side',
  503: 'Not available for the moment',
}

/** An answer that is not a success: RFC 9457 problem+json with a stable `code` for programs. */
export class Problem extends Error {
  override readonly name = 'Problem'
  constructor(
    readonly status: number,
    /** Stable, snake_case: what a program switches on. */
    readonly code: string,
    /** For the person who reads it: what is wrong and what to do. */
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

/** Writes a problem as the answer. */
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

export const notFound = (detail = 'There is nothing at this address that you may see'): Problem =>
  new Problem(404, 'not_found', detail)
