import type { Call } from '../adapter.js'
import { ProviderError } from '../errors.js'
import type { HttpRequest, HttpResponse } from '../http.js'
import { evidenceOf, headOfStream } from '../kit/evidence.js'
import { jsonOrNothing, parseJson } from '../kit/json.js'
import { kindOfStatus } from '../kit/status.js'
import type { KantarConnection } from './config.js'
import { errorAnswer } from './wire.js'

type KantarCall = Call<KantarConnection>

/** An answer to a session or an acknowledgement is a few hundred bytes. */
const SMALL_BYTES = 256 * 1024

/**
 * GET /surveys: every plan changed since the last acknowledgement, in one list without pages.
 * @returns the body as it streams in
 * @throws ProviderError when the answer is neither a 200 with JSON nor a 204
 */
export async function getSurveys(call: KantarCall): Promise<AsyncIterable<Uint8Array>> {
  const { config } = call
  const response = await send(call, { method: 'GET', url: `${config.supplyUrl}/surveys` }, [hostOf(config.supplyUrl)])
  // 204: nothing changed
  if (response.status === 204) return response.body
  if (response.status !== 200) throw await unexpected(call, response, 'GET /surveys')
  const type = response.headers['content-type'] ?? ''
  if (
    type !== '' &&
    !/^(application\/([a-z0-9.+-]*\+)?json|text\/(json|plain)|application\/octet-stream)\b/i.test(type)
  ) {
    const evidence = {
      url: config.supplyUrl,
      status: 200,
      bodyHead: await headOfStream(response.body, call.config.apiKey),
    }
    throw new ProviderError('misread', `GET /surveys answered ${type.slice(0, 60)} instead of JSON`, evidence)
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
  // Written by hand: JSON.stringify loses digits of a number beyond 2^53 and refuses a bigint.
  const body = `{"ack_id":${BigInt(ackId)}}`
  const response = await send(call, { method: 'POST', url: `${supplyUrl}/surveys/ack`, body }, [hostOf(supplyUrl)])
  if (response.status < 200 || response.status > 299) throw await unexpected(call, response, 'POST /surveys/ack')
  await response.text()
}

/**
 * POST to a plan's session creation URL, with our key: only to `session_hosts`.
 * @returns status and parsed body; undefined for an answer that is not JSON
 */
export async function postSession(
  call: KantarCall,
  url: string,
  body: Readonly<Record<string, unknown>>,
): Promise<{ response: HttpResponse; answer: unknown; text: string }> {
  const request = { method: 'POST', url, body: JSON.stringify(body) } as const
  const response = await send(call, { ...request, maxBytes: SMALL_BYTES }, call.config.sessionHosts)
  const text = await response.text()
  return { response, answer: jsonOrNothing(() => parseJson(text)), text }
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

/** The error for an undocumented answer, with the gateway's own words and without our key. */
async function unexpected(call: KantarCall, response: HttpResponse, what: string): Promise<ProviderError> {
  const bodyHead = await headOfStream(response.body, call.config.apiKey)
  const said = errorAnswer.safeParse(jsonOrNothing(() => parseJson(bodyHead)))
  const words = said.success && said.data.message ? `: ${said.data.message.slice(0, 200)}` : ''
  return new ProviderError(kindOfStatus(response.status), `${what} answered ${response.status}${words}`, {
    ...evidenceOf(call.config.supplyUrl, response, call.now, bodyHead),
    ...(said.success && said.data.code ? { code: String(said.data.code).slice(0, 60) } : {}),
  })
}

function hostOf(url: string): string {
  return new URL(url).host
}
