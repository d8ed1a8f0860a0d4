import { type ProfileValue, valuesOf } from '../../domain/panelist.js'
import type { Clause } from '../../domain/survey.js'
import type { Call, EntryLink, EntryRequest } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { evidenceOf } from '../kit/evidence.js'
import { ENTRY_REFUSED, kindOfStatus } from '../kit/status.js'
import { webAddress } from '../kit/web-address.js'
import { creationUrl } from './addresses.js'
import { postSession } from './client.js'
import type { KantarConnection } from './config.js'
import { createdSession, errorAnswer } from './wire.js'

/**
 * Creates the respondent's session at the router (Kantar Gateway API, Create Session) and returns its entry link.
 * @throws ProviderError 'refused' when the gateway refuses this respondent or plan; 'rejected' when the plan has no
 * address that our key may be posted to
 */
export async function openEntry(call: Call<KantarConnection>, entry: EntryRequest): Promise<EntryLink> {
  const url = addressOf(call.config, entry)
  const { response, answer, text } = await postSession(call, url, sessionBody(entry))
  const evidence = evidenceOf(new URL(url).host, response, call.now)
  if (response.status !== 200 && response.status !== 201) {
    const kind = kindOfStatus(response.status, ENTRY_REFUSED)
    const said = whatTheySaid(answer, entry)
    throw new ProviderError(kind, `session creation answered ${response.status}${said.text}`, {
      ...evidence,
      ...(said.code === undefined ? {} : { code: said.code }),
    })
  }
  const read = createdSession.safeParse(answer)
  const link = read.success ? webAddress(read.data.url, call.config.supplyUrl) : null
  if (link === null) {
    const bodyHead = scrubbed(text.slice(0, 300), entry)
    throw new ProviderError('misread', 'the session creation answer has no usable https url', {
      ...evidence,
      bodyHead,
    })
  }
  return { url: link.href, providerSessionId: lastSegment(link) }
}

/** Checked again, because session_hosts may have changed since the plan was stored. */
function addressOf(config: KantarConnection, entry: EntryRequest): string {
  const place = { url: entry.survey.providerSurveyId }
  try {
    const url = creationUrl(entry.survey.entry.url, config)
    if (url !== null) return url
  } catch (error) {
    if (error instanceof RangeError) throw new ProviderError('rejected', error.message, place)
    throw error
  }
  throw new ProviderError('rejected', 'the plan has no session creation URL, so no respondent can enter', place)
}

function sessionBody(entry: EntryRequest): Record<string, unknown> {
  const clauses = [...entry.survey.clauses, ...(entry.quota?.layers ?? []).flatMap(clausesOf)]
  const profile = Object.entries(entry.profile).map(([attribute, value]) => [
    attribute,
    sentValue(
      value,
      clauses.filter((clause) => clause.attribute === `kantar:${attribute}`),
    ),
  ])
  return {
    panelist_id: entry.panelistId,
    ...(entry.quota ? { target_quota_id: entry.quota.quotaId } : {}),
    custom_panel_data: { internal_id: entry.sessionId },
    panelist_profile: Object.fromEntries(profile),
  }
}

function clausesOf(layer: { subQuotas: readonly { clauses: readonly Clause[] }[] }): readonly Clause[] {
  return layer.subQuotas.flatMap((subQuota) => subQuota.clauses)
}

/**
 * As in the document's sample: "age": 22, "sex": "male", "pets": "1|2|4|7". Answer ids are text even when they look
 * like numbers; the value of a range clause is a number.
 */
function sentValue(value: ProfileValue, clauses: readonly Clause[]): string | number {
  const values = valuesOf(value)
  const [only = ''] = values
  const asksForRange = clauses.some((clause) => clause.ranges !== undefined)
  const isNumber = values.length === 1 && /^-?\d{1,15}(\.\d{1,9})?$/.test(only)
  if (isNumber && (asksForRange || (clauses.length === 0 && typeof value === 'number'))) return Number(only)
  return values.join('|')
}

/**
 * Their error details, without the respondent's id and answers, because operators see errors and may not see profiles.
 */
function whatTheySaid(answer: unknown, entry: EntryRequest): { text: string; code?: string } {
  const read = errorAnswer.safeParse(answer)
  if (!read.success) return { text: '' }
  const { code, message, details } = read.data
  const parts = (details ?? []).slice(0, 10).map((detail) => {
    const place = [detail.field, detail.constraint].filter(Boolean).join(' ')
    return [place, detail.message].filter(Boolean).join(': ')
  })
  const words = [message, ...parts].filter(Boolean).join('; ')
  const text = words === '' ? '' : `: ${scrubbed(words, entry).slice(0, 500)}`
  return code === null || code === undefined ? { text } : { text, code: String(code).slice(0, 60) }
}

/** A text without the panelist's id and answers, if they are whole words in it. */
function scrubbed(text: string, entry: EntryRequest): string {
  const private_ = new Set([entry.panelistId, ...Object.values(entry.profile).flatMap(valuesOf)])
  return text
    .split(/([\p{L}\p{N}_.@-]+)/u)
    .map((word) => (private_.has(word) ? '•' : word))
    .join('')
}

/** The session's id is the last segment in the document's examples. */
function lastSegment(url: URL): string | null {
  const segment = url.pathname.split('/').filter(Boolean).at(-1) ?? ''
  return segment === '' ? null : segment.slice(0, 512)
}
