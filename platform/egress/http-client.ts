import type { Dispatcher } from 'undici'
import { listsHost } from '../../domain/host-list.js'
import { ACCEPT_ENCODING, readBody } from './body.js'
import { Deadline } from './deadline.js'
import { EgressError } from './egress-error.js'
import { createGuardedAgent, type Resolve } from './guarded-agent.js'
import { type UrlPolicy, validateUrl } from './url-policy.js'

const TIMEOUT_MS = 30_000
const MAX_BYTES = 64 * 1024 * 1024
const PRODUCT = 'Tributary/0.1'

export interface EgressRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Already encoded. */
  readonly body?: string | undefined
  /** The only `host` or `host:port`s this request may go to. */
  readonly allowedHosts: readonly string[]
  /** Milliseconds of waiting for the other side, from the connect to the end of the body [30,000]. */
  readonly timeoutMs?: number | undefined
  /** The largest answer, in bytes after decompression [64 MiB]. */
  readonly maxBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface EgressResponse {
  readonly status: number
  /** Lower-case names; a repeated header joined with ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** The body as it streams in, once. Read it or leave it early; an unread one is aborted at the deadline. */
  readonly body: AsyncIterable<Uint8Array>
  /** Reads the whole body as UTF-8 text. */
  text(): Promise<string>
}

/** One call as the call log stores it: host and duration, never headers, bodies, paths or queries. */
export interface EgressCall {
  readonly method: string
  readonly host: string
  /** Null when no answer came. */
  readonly status: number | null
  readonly error: string | null
  readonly milliseconds: number
}

export interface EgressOptions extends UrlPolicy {
  /** Called for every call once its answer's head has arrived or it has failed. */
  readonly onCall?: ((call: EgressCall) => void) | undefined
  /** Replaces DNS; for tests. */
  readonly resolve?: Resolve | undefined
}

/** The only HTTP client of this program: providers, JWKS, panels' postbacks. */
export interface EgressClient {
  /**
   * One request; follows no redirect (returns a 3xx like any other answer). Returns the response with any HTTP status.
   * @throws EgressError; the signal's own reason when the caller's signal aborts it
   */
  request(request: EgressRequest): Promise<EgressResponse>
  /** Closes the pools and ends the requests in flight. */
  close(): Promise<void>
}

/**
 * Makes the guarded HTTP client (docs/architecture.md, Outside world): https on standard ports only, no user names in
 * addresses, the caller's list of hosts, addresses checked when connecting, no redirects, deadlines, caps on size and
 * decompression.
 */
export function createHttp(options: EgressOptions): EgressClient {
  const agent = createGuardedAgent(options)
  return {
    request: (request) => exchange(agent, options, request),
    close: () => agent.destroy(),
  }
}

async function exchange(agent: Dispatcher, options: EgressOptions, request: EgressRequest): Promise<EgressResponse> {
  const started = performance.now()
  const url = validateUrl(request.url, options)
  const host = url.host
  const tell = (status: number | null, error: string | null) =>
    options.onCall?.({ method: request.method, host, status, error, milliseconds: performance.now() - started })
  if (!listsHost(request.allowedHosts, url)) {
    const allowed = request.allowedHosts.join(', ')
    throw new EgressError('not-allowed', `${host} is not an allowed host of this call (${allowed})`, {
      url: host,
    })
  }
  request.signal?.throwIfAborted()
  const deadline = new Deadline(request.timeoutMs ?? TIMEOUT_MS, host, request.signal)
  const explain = (error: unknown): unknown => {
    if (request.signal?.aborted) return request.signal.reason
    return deadline.signal.aborted ? deadline.signal.reason : asEgressError(error, host)
  }
  deadline.start()
  try {
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: { 'user-agent': PRODUCT, 'accept-encoding': ACCEPT_ENCODING, ...request.headers },
      body: request.body ?? null,
      signal: deadline.signal,
    })
    tell(answer.statusCode, null)
    // An error of an abandoned body must not end the process.
    answer.body.on('error', () => {})
    answer.body.once('close', () => deadline.release())
    const headers = plainHeaders(answer.headers)
    const maxBytes = request.maxBytes ?? MAX_BYTES
    const body = readBody(answer.body, headers['content-encoding'], { maxBytes, place: host, deadline, explain })
    return { status: answer.statusCode, headers, body, text: () => textOf(body) }
  } catch (error) {
    deadline.release()
    const reason = explain(error)
    tell(null, reason instanceof EgressError ? reason.kind : 'cancelled')
    throw reason
  }
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** An error of undici, the socket, TLS or zlib in our words. Keeps the code, because operators look it up. */
function asEgressError(error: unknown, place: string): EgressError {
  if (error instanceof EgressError) return error
  if (error instanceof Error && error.cause instanceof EgressError) return error.cause
  const code = codeOf(error)
  const evidence = { url: place, ...(code === '' ? {} : { code }) }
  const detail = code === '' ? '' : ` (${code})`
  if (code.endsWith('_TIMEOUT') || code === 'ETIMEDOUT') {
    return new EgressError('timed-out', `${place} did not answer in time${detail}`, evidence, { cause: error })
  }
  if (UNREADABLE.test(code) || (error instanceof Error && error.name === 'HTTPParserError')) {
    return new EgressError('misread', `${place} sent an unreadable answer${detail}`, evidence, { cause: error })
  }
  return new EgressError('unavailable', `${place} could not be reached${detail}`, evidence, { cause: error })
}

/** zlib's codes, and those of a broken HTTP answer. */
const UNREADABLE = /^(HPE_|Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}
