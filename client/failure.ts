import type { z } from 'zod'
import type { ProblemAnswer } from '../api/panel/schemas.js'

type Problem = z.output<typeof ProblemAnswer>

/** One fault of a request. */
export interface RequestFault {
  /** Path of the field, such as `quotas[0].id`; '' = the whole body. */
  readonly field: string
  readonly message: string
  /** The constraint that it breaks, when the API names it: `required`, `enum`, `unknown`, … */
  readonly constraint?: string
}

/** An answer that is not a success, or no answer. */
export class TributaryError extends Error {
  override readonly name = 'TributaryError'
  constructor(
    /** 0 when there was no answer. */
    readonly status: number,
    /**
     * Stable; use it to distinguish errors. Under `/v1` a word: `offer_gone`, `session_exists`, `rate_limited`;
     * elsewhere the document's own: `400` of the gateway, `1014` of templates.
     */
    readonly code: string,
    message: string,
    /** The whole problem with its further members; null without an answer, and for an error in a seed's format. */
    readonly problem: (Problem & Readonly<Record<string, unknown>>) | null,
    /** Every fault of the request, in any of the API's error formats. */
    readonly faults: readonly RequestFault[],
    /** Seconds to wait before a retry; null when the API names none. */
    readonly retryAfterSeconds: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Reads an error answer: problem+json, or the errors of the gateway, PureSpectrum Buy and PureSpectrum Supply APIs. */
export async function failureOf(response: Response): Promise<TributaryError> {
  const body = ((await response.json().catch(() => null)) ?? {}) as Readonly<Record<string, unknown>>
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const { code, message, problem } = read(response.status, body)
  return new TributaryError(
    response.status,
    code,
    message,
    problem,
    (body.details ?? body.errors ?? []) as readonly RequestFault[],
    Number.isFinite(retryAfter) ? retryAfter : null,
  )
}

function read(
  status: number,
  body: Readonly<Record<string, unknown>>,
): { code: string; message: string; problem: TributaryError['problem'] } {
  if ('title' in body) {
    const problem = body as NonNullable<TributaryError['problem']>
    return { code: problem.code, message: `${problem.title}: ${problem.detail}`, problem }
  }
  const code = body.code ?? body.ps_api_response_code ?? body.apiStatus ?? 'unknown'
  const message = body.message ?? body.ps_api_response_message ?? body.msg ?? `answered ${status}`
  return { code: String(code), message: String(message), problem: null }
}
