import { failureOf, TributaryError } from './failure.js'

export interface ClientOptions {
  /** The API's address: `https://tributary.example`. A trailing slash is dropped. */
  readonly baseUrl: string
  readonly apiKey: string
  /** [the runtime's own] */
  readonly fetch?: typeof fetch
  /** Timeout of a call in milliseconds [30,000]. Creating a session may take ten seconds. */
  readonly timeoutMs?: number
}

export interface Call {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The header of the key [x-api-key]. */
  readonly keyHeader?: 'access-token'
}

/** Sends calls with the key, and turns a failed call into a TributaryError. */
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
        [call.keyHeader ?? 'x-api-key']: apiKey,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new TributaryError(0, 'no_answer', `no answer from ${this.#baseUrl}`, null, [], null, { cause })
    })
    if (!response.ok) throw await failureOf(response)
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
