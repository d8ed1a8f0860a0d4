import { retryAfterMs } from '../../domain/retry-after.js'
import type { Call } from '../adapter.js'
import { ProviderError, type ProviderErrorKind } from '../errors.js'
import type { HttpRequest, HttpResponse } from '../http.js'
import { parseJson } from '../json.js'
import type { KantarConnection } from './config.js'
import { errorAnswer } from './wire.js'

type KantarCall = Call<KantarConnection>

/** An answer to a session or an acknowledgement is a few hundred bytes. */
const SMALL_BYTES = 256 * 1024
const HEAD_CHARACTERS = 300

/**
 * GET /surveys: every plan changed since the last acknowledgement, in one list without pages.
 * @returns the body as it streams in
 * @throws ProviderError when the answer is neither a 200 with JSON nor a 204
 */
export async function getSurveys(call: KantarCall): Promise<AsyncIterable<Uint8Array>> {
  const { config } = call
  const response = await send(call, { method: 'GET', url: `${config.supplyUrl}/surveys` }, [hostOf(config.supplyUrl)])
  // 204: nothing changed, said by a status
  if (response.status === 204) return response.body
  if (response.status !== 200) throw await unexpected(call, response, 'GET /surveys')
  const type = response.headers['content-type'] ?? ''
  if (
    type !== '' &&
    !/^(application\/([a-z0-9.+-]*\+)?json|text\/(json|plain)|application\/octet-stream)\b/i.test(type)
  ) {
    const evidence = { url: config.supplyUrl, status: 200, bodyHead: await headOf(call, response) }
    throw new ProviderError('misread', `GET /surveys answered ${type.slice(0, 60)} where JSON was expected`, evidence)
  }
  return response.body
}

/**
 * POST /surveys/ack: everything up to and including `ackId` is stored with us.
 * @param ackId decimal digits; sent as a JSON number with all of them
 */
export async function postAck(call: KantarCall, ackId: string): Promise<void> {
  if (!/^\d{1,40}$/.test(ackId)) throw new RangeError(`an ack_id is decimal digits, got "${ackId.slice(0, 50)}"`)
  const { supplyUrl } = call.config
  // Written by hand: JSON.stringify of a number loses digits beyond 2^53, and a bigint it refuses.
  const body = `{"ack_id":${BigInt(ackId)}}`
  const response = await send(call, { method: 'POST', url: `${supplyUrl}/surveys/ack`, body }, [hostOf(supplyUrl)])
  if (response.status < 200 || response.status > 299) throw await unexpected(call, response, 'POST /surveys/ack')
  await response.text()
}

/**
 * POST to a plan's session creation URL, with our key: only ever to `session_hosts`.
 * @returns status and parsed body; an answer that is not JSON comes as undefined
 */
export async function postSession(
  call: KantarCall,
  url: string,
  body: Readonly<Record<string, unknown>>,
): Promise<{ response: HttpResponse; answer: unknown; text: string }> {
  const request = { method: 'POST', url, body: JSON.stringify(body) } as const
  const response = await send(call, { ...request, maxBytes: SMALL_BYTES }, call.config.sessionHosts)
  const text = await response.text()
  return { response, answer: parsed(text), text }
}

function send(
  call: KantarCall,
  request: Pick<HttpRequest, 'method' | 'url' | 'body' | 'maxBytes'>,
  allowedHosts: readonly string[],
): Promise<HttpResponse> {
  return call.http.request({
    ...request,
    headers: {
      accept: 'application/json',
      [call.config.authHeader]: call.config.apiKey,
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    allowedHosts,
    signal: call.signal,
  })
}

/** The HTTP statuses of the gateway in the words that decide about another try. */
export function kindOfStatus(status: number): ProviderErrorKind {
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 429) return 'rate-limited'
  if (status >= 500 || status === 408 || status === 425) return 'unavailable'
  return status < 300 ? 'misread' : 'rejected'
}

/** What an answer outside of the agreed ones becomes, with the gateway's own words and without our key. */
async function unexpected(call: KantarCall, response: HttpResponse, what: string): Promise<ProviderError> {
  const bodyHead = await headOf(call, response)
  const said = errorAnswer.safeParse(parsed(bodyHead))
  const words = said.success && said.data.message ? `: ${said.data.message.slice(0, 200)}` : ''
  return new ProviderError(kindOfStatus(response.status), `${what} answered ${response.status}${words}`, {
    url: call.config.supplyUrl,
    status: response.status,
    bodyHead,
    ...retryAfter(response, call.now),
    ...(said.success && said.data.code ? { code: String(said.data.code).slice(0, 60) } : {}),
  })
}

/** The evidence's `retryAfterMs`, where the answer has a Retry-After that can be read. */
export function retryAfter(response: HttpResponse, now: Date): { retryAfterMs?: number } {
  const milliseconds = retryAfterMs(response.headers['retry-after'], now)
  return milliseconds === undefined ? {} : { retryAfterMs: milliseconds }
}

/** The first characters of a body, read no further than needed. */
async function headOf(call: KantarCall, response: HttpResponse): Promise<string> {
  let text = ''
  try {
    for await (const chunk of response.body) {
      text += Buffer.from(chunk).toString('utf8')
      if (text.length >= HEAD_CHARACTERS) break
    }
  } catch {
    // The status says enough; a body that breaks off adds nothing.
  }
  return text.slice(0, HEAD_CHARACTERS).replaceAll(call.config.apiKey, '••••')
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function hostOf(url: string): string {
  return new URL(url).host
}
