import type { z } from 'zod'
import type { ProblemAnswer } from '../api/panel/schemas.js'

type Problem = z.output<typeof ProblemAnswer>

export interface ClientOptions {
  /** Where the API is: `https://tributary.example`. A trailing slash is dropped. */
  readonly baseUrl: string
  readonly apiKey: string
  /** [the runtime's own] */
  readonly fetch?: typeof fetch
  /** Milliseconds after which a call is given up [30,000]. Creating a session may take ten seconds. */
  readonly timeoutMs?: number
}

/** An answer that is no success, or none at all. */
export class TributaryError extends Error {
  override readonly name = 'TributaryError'
  constructor(
    /** 0 when there was no answer. */
    readonly status: number,
    /** Stable; what to switch on: `offer_gone`, `session_exists`, `rate_limited`, … */
    readonly code: string,
    message: string,
    /** The whole problem with its further members; null when there was none. */
    readonly problem: (Problem & Readonly<Record<string, unknown>>) | null,
    /** Seconds to wait before the same call, where the API said so. */
    readonly retryAfterSeconds: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export interface Call {
  readonly method?: 'GET' | 'PUT' | 'POST'
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends calls with the key, and turns what is no success into a TributaryError. */
export class Transport {
  readonly #baseUrl: string

  constructor(private readonly options: ClientOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '')
  }

  /** @throws TributaryError */
  async send(path: string, call: Call = {}): Promise<Response> {
    const { fetch: send = fetch, apiKey, timeoutMs = 30_000 } = this.options
    const url = `${this.#baseUrl}${path}${queryOf(call.query)}`
    const response = await send(url, {
      method: call.method ?? 'GET',
      headers: {
        'x-api-key': apiKey,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new TributaryError(0, 'no_answer', `no answer from ${this.#baseUrl}`, null, null, { cause })
    })
    if (!response.ok) throw await failure(response)
    return response
  }

  /** The answer's JSON, as the API's schemas describe it. */
  async json<Answer>(path: string, call: Call = {}): Promise<Answer> {
    return (await this.send(path, call)).json() as Promise<Answer>
  }
}

/** A path with its parts encoded: `` path`/v1/panelists/${id}` ``. */
export function path(strings: TemplateStringsArray, ...parts: readonly string[]): string {
  return String.raw({ raw: strings }, ...parts.map(encodeURIComponent))
}

function queryOf(query: Call['query']): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? '' : `?${given}`
}

async function failure(response: Response): Promise<TributaryError> {
  const problem = (await response.json().catch(() => null)) as TributaryError['problem']
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new TributaryError(
    response.status,
    problem?.code ?? 'unknown',
    problem === null ? `answered ${response.status}` : `${problem.title}: ${problem.detail}`,
    problem,
    Number.isFinite(retryAfter) ? retryAfter : null,
  )
}
