import type { Call } from '../adapter.js'
import { ProviderError, type ProviderErrorKind, type ProviderEvidence } from '../errors.js'
import type { HttpRequest, HttpResponse } from '../http.js'
import { evidenceOf, headOf } from '../kit/evidence.js'
import { jsonOrNothing, parseExactJson } from '../kit/json.js'
import { kindOfStatus } from '../kit/status.js'
import type { TolunaConnection } from './config.js'
import { type ResultClass, resultCode } from './result-codes.js'
import { foldKeys, result } from './wire.js'

export type TolunaCall = Call<TolunaConnection>

/** The limit for all answers but the list of quotas; a page of member codes is the largest of them. */
const SMALL_BYTES = 4 * 1024 * 1024
/** STARTS_THRESHOLD_ACHIEVED names no time to wait. */
const THROTTLED_MS = 5_000

/** The error kind of a class of result codes. */
const KINDS: Readonly<Record<ResultClass, ProviderErrorKind>> = {
  config: 'rejected',
  quota: 'refused',
  survey: 'refused',
  member: 'refused',
  pairing: 'refused',
  cap: 'refused',
  register: 'refused',
  retry: 'unavailable',
  throttled: 'rate-limited',
}

/**
 * GET /ExternalSample/{panelGUID}/Quotas: every open survey of one culture.
 * @returns the body as it streams in
 * @throws ProviderError when the answer is neither a 200 nor a 204, which has no body
 */
export async function getQuotas(call: TolunaCall): Promise<AsyncIterable<Uint8Array>> {
  // The document writes the parameter with a colon (Toluna External Sample, Get Quotas, url.raw), and so do its newer
  // pages.
  const query = call.config.includeRoutables ? '?includeRoutables:TRUE' : ''
  const response = await send(call, { method: 'GET', url: `${panelUrl(call.config)}/Quotas${query}` })
  if (response.status === 200 || response.status === 204) return response.body
  throw failure(call, 'GET Quotas', response, await bodyOf(response))
}

/**
 * One small answer below the panel's address.
 * @param path already escaped, with its leading slash
 * @param what names the call in errors, without anything about the respondent
 * @throws ProviderError for any answer with a result code, whatever its HTTP status, and any that is not 200
 */
export async function getJson(call: TolunaCall, path: string, what: string): Promise<unknown> {
  const url = `${panelUrl(call.config)}${path}`
  const response = await send(call, { method: 'GET', url, maxBytes: SMALL_BYTES })
  const text = await bodyOf(response)
  const answer = parsed(text)
  if (response.status !== 200 || result.safeParse(answer).success) throw failure(call, what, response, text)
  if (answer === undefined) {
    throw new ProviderError('misread', `${what} answered 200 with a body that is not JSON`, {
      status: 200,
      bodyHead: headOf(text, call.config.apiAuthKey),
    })
  }
  return answer
}

/**
 * Registers a member (public documentation, Adding a Member): sends only the code, because nothing else is required.
 * @throws ProviderError; a member that is registered already is not an error
 */
export async function postMember(call: TolunaCall, url: string, memberCode: string): Promise<void> {
  const response = await call.http.request({
    method: 'POST',
    url,
    headers: { ...headers(call), accept: 'application/json;version=2.0', 'content-type': 'application/json' },
    body: JSON.stringify({ PartnerGUID: call.config.panelGuid, MemberCode: memberCode, IsActive: true }),
    allowedHosts: [new URL(url).host],
    maxBytes: SMALL_BYTES,
    signal: call.signal,
  })
  const text = await bodyOf(response)
  if ((response.status >= 200 && response.status < 300) || response.status === 409) return
  throw failure(call, 'registering the member', response, text)
}

/** Escapes a path segment. @throws ProviderError 'refused' for "." and "..", which escaping does not protect */
export function segment(text: string): string {
  if (text === '.' || text === '..') throw new ProviderError('refused', 'a member code of dots cannot be sent')
  return encodeURIComponent(text)
}

function panelUrl({ baseUrl, panelGuid }: TolunaConnection): string {
  return `${baseUrl}/ExternalSample/${encodeURIComponent(panelGuid)}`
}

function headers(call: TolunaCall): Record<string, string> {
  return { accept: 'application/json', API_AUTH_KEY: call.config.apiAuthKey }
}

function send(call: TolunaCall, request: Pick<HttpRequest, 'method' | 'url' | 'maxBytes'>): Promise<HttpResponse> {
  const allowedHosts = [new URL(call.config.baseUrl).host]
  return call.http.request({ ...request, headers: headers(call), allowedHosts, signal: call.signal })
}

/** The error for an unexpected answer: by its result code, else by its HTTP status. */
function failure(call: TolunaCall, what: string, response: HttpResponse, text: string): ProviderError {
  const { status } = response
  const evidence = evidenceOf(call.config.baseUrl, response, call.now, headOf(text, call.config.apiAuthKey))
  const said = resultFailure(what, text, evidence)
  // 403 is about the key, with any body (Toluna External Sample, Responses)
  if (said !== null && status !== 401 && status !== 403) return said
  return new ProviderError(kindOfStatus(status), `${what} answered ${status}`, evidence)
}

/** A body with a result code as an error with its effects; null when it has no result code. */
export function resultFailure(what: string, text: string, evidence: ProviderEvidence): ProviderError | null {
  const read = result.safeParse(parsed(text))
  if (!read.success) return null
  const code = read.data.resultcode
  const known = resultCode(code)
  const name = known.name === 'UNKNOWN' ? `unknown result code ${code}` : `${known.name} (${code})`
  return new ProviderError(KINDS[known.class], `${what}: ${name}`, {
    ...evidence,
    code: String(code),
    effects: known.effects,
    ...(known.class === 'throttled' && evidence.retryAfterMs === undefined ? { retryAfterMs: THROTTLED_MS } : {}),
  })
}

async function bodyOf(response: HttpResponse): Promise<string> {
  try {
    return await response.text()
  } catch (error) {
    // a failure's status is enough; a 200 whose body breaks off is an error
    if (response.status === 200) throw error
    return ''
  }
}

function parsed(text: string): unknown {
  return jsonOrNothing(() => foldKeys(parseExactJson(text)))
}
