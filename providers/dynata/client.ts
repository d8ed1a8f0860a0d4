import type { Call, PanelistRequest } from '../adapter.js'
import { ProviderError } from '../errors.js'
import type { HttpResponse } from '../http.js'
import { isEmptyAnswer } from '../kit/empty-answer.js'
import { evidenceOf } from '../kit/evidence.js'
import { jsonOrNothing, parseExactJson } from '../kit/json.js'
import { kindOfStatus } from '../kit/status.js'
import type { DynataConnection } from './config.js'
import { sealPayload, userIdOf } from './payload.js'
import type { UserProfile } from './profile.js'
import { errorAnswer } from './wire.js'

const MATCH_PATH = '/publisher/api/v1/surveys/match'
/** A list of surveys is some tens of kilobytes. */
const LARGEST_BYTES = 4 * 1024 * 1024
/** The match itself waits much less; a late answer still fills the cache. */
const REQUEST_TIMEOUT_MS = 8_000

/** A list of matches as received, or the code of an error answer. */
export type MatchReply = { readonly code: string } | { readonly body: unknown }

/**
 * POST /publisher/api/v1/surveys/match for one panelist (Dynata Match API, Basics).
 * @param profile sent if it is not null
 * @throws ProviderError when the answer is neither a list nor one of their errors
 */
export async function postMatch(
  call: Call<DynataConnection>,
  panelist: PanelistRequest,
  profile: UserProfile | null,
): Promise<MatchReply> {
  const { config } = call
  const url = `${config.baseUrl}${MATCH_PATH}`
  const response = await call.http.request({
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      user_id: userIdOf(panelist.panelistId, config),
      // "your App ID (integer)"
      pub_id: config.pubId,
      ...sealPayload(payloadOf(config, panelist, profile), config.securityKey),
    }),
    allowedHosts: [new URL(url).host],
    maxBytes: LARGEST_BYTES,
    timeoutMs: REQUEST_TIMEOUT_MS,
    signal: call.signal,
  })
  const text = await response.text()
  if (response.status === 204 || (response.status === 200 && isEmptyAnswer(text))) return { body: { surveys: [] } }
  const body = jsonOrNothing(() => parseExactJson(text))
  const error = errorAnswer.safeParse(body)
  if (error.success && response.status < 500) return { code: error.data.errorInfo.code.slice(0, 40) }
  if (response.status !== 200) throw unexpected(call, response, url)
  if (body === undefined) throw new ProviderError('misread', 'the match answer is not JSON', { url, status: 200 })
  return { body }
}

/** Flags are JSON booleans and absent when off, as the document asks; its sample has Python's. */
function payloadOf(config: DynataConnection, panelist: PanelistRequest, profile: UserProfile | null): object {
  return {
    ...(config.programId === null ? {} : { program_id: config.programId }),
    ...(config.send.offers ? { offers: true } : {}),
    ...(config.send.cpi ? { cpi: true } : {}),
    user_ip: panelist.userIp,
    ...(panelist.userAgent === null || panelist.userAgent === '' ? {} : { user_agent: panelist.userAgent }),
    ...(profile === null ? {} : { user_profile: profile }),
  }
}

/** Quotes no body: a link in it would be a panelist's. */
function unexpected(call: Call<DynataConnection>, response: HttpResponse, url: string): ProviderError {
  const evidence = evidenceOf(url, response, call.now)
  return new ProviderError(kindOfStatus(response.status), `the match answered HTTP ${response.status}`, evidence)
}
