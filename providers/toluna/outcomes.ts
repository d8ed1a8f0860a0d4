import type { ReportedOutcome } from '../../domain/outcome.js'
import type { OutcomeReport, QuotaNews, SurveyNamed, VerifiedArrival } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { surveyKey } from './catalogue.js'
import type { TolunaConnection } from './config.js'
import { readStamp } from './stamps.js'
import { tolunaReason } from './words.js'

type Fields = VerifiedArrival['fields']

/**
 * What an authentic arrival means: the browser's return (public documentation, End Pages) or a member status
 * notification (Toluna External Sample, Member Status Notifications). Words are compared without case; a word that is
 * not in the table is null.
 * @throws ProviderError 'misread' when member, survey, wave or the word is missing
 */
export function readArrival(config: TolunaConnection, arrival: VerifiedArrival): OutcomeReport {
  if (arrival.route === 'return') return readReturn(config, arrival.fields)
  if (arrival.name === 'member-status') return readMemberStatus(config, arrival.fields)
  throw new ProviderError('misread', `unknown postback "${arrival.name}"`)
}

function readReturn(config: TolunaConnection, fields: Fields): OutcomeReport {
  const route = configured(config, config.returns, 'returns')
  const word = required(fields, route.fields.outcome)
  const outcome = outcomeOf(route.outcomes, word)
  return { ...about(fields, route.fields), outcome, word, ...why(fields, route.fields, word), kind: 'outcome' }
}

/** A complete carries Revenue, everything else a Reason; with both, the Reason decides. */
function readMemberStatus(config: TolunaConnection, fields: Fields): OutcomeReport {
  const route = configured(config, config.postbacks.memberStatus, 'postbacks.member_status')
  const reason = textOf(lookUp(fields, route.fields.outcome))
  const revenue = textOf(lookUp(fields, route.fields.revenue))
  if (reason === null && revenue === null) {
    throw new ProviderError('misread', 'the notification has neither a revenue nor a reason')
  }
  const outcome: ReportedOutcome | null = reason === null ? 'COMPLETED' : outcomeOf(route.outcomes, reason)
  const amount = revenue === null || outcome !== 'COMPLETED' ? null : majorUnits(revenue)
  return {
    ...about(fields, route.fields),
    outcome,
    word: reason ?? 'Revenue',
    ...why(fields, route.fields, reason ?? 'Qualified'),
    kind: 'outcome',
    // Notifications cover every member of the account, so an unknown member is not an error.
    ...(amount === null ? {} : { amount }),
    strangers: 'ignore',
  }
}

/**
 * A quota status notification; null for any other arrival. Toluna sends it for all quotas, including those of others.
 */
export function readQuotaNews(config: TolunaConnection, arrival: VerifiedArrival): QuotaNews | null {
  if (arrival.route !== 'postback' || arrival.name !== 'quota-status') return null
  const route = configured(config, config.postbacks.quotaStatus, 'postbacks.quota_status')
  const { fields } = arrival
  const live = textOf(lookUp(fields, route.fields.live))?.toLowerCase()
  if (live !== 'true' && live !== 'false')
    throw new ProviderError('misread', `"${route.fields.live}" is not true or false`)
  const at = readStamp(required(fields, route.fields.updated))
  if (at === null) throw new ProviderError('misread', `"${route.fields.updated}" is not a timestamp`)
  const [quota, survey, wave] = [route.fields.quota, route.fields.survey, route.fields.wave].map((name) =>
    idOf(fields, name),
  )
  return { quotaId: quota ?? '', providerSurveyId: surveyKey(survey ?? '', wave ?? ''), live: live === 'true', at }
}

/** Toluna knows no session of ours: an arrival names the member and the survey. */
function about(fields: Fields, names: Readonly<Record<'member' | 'survey' | 'wave', string>>) {
  const panelistId = required(fields, names.member)
  const surveyId = idOf(fields, names.survey)
  const providerSurveyId = surveyKey(surveyId, idOf(fields, names.wave))
  const invitedTo = invitation(fields, surveyId)
  return { correlate: { member: { panelistId, providerSurveyId, ...(invitedTo === null ? {} : { invitedTo }) } } }
}

/** The two spellings of the flag on Toluna's Member Status page: in its tables, and in its examples. */
const AUTO_ROUTED = ['IsAutoRouted', 'IsAutoReouted']

/**
 * The survey that an auto-routed member was invited to, if it is another one than they took (public documentation,
 * Member Status: IsAutoRouted, OriginalSurveyID). The page names no wave of it; if one is sent, it is read.
 */
function invitation(fields: Fields, surveyId: string): SurveyNamed | null {
  const routed = AUTO_ROUTED.some((name) => textOf(lookUp(fields, name))?.toLowerCase() === 'true')
  if (!routed || textOf(lookUp(fields, 'OriginalSurveyID')) === null) return null
  const original = idOf(fields, 'OriginalSurveyID')
  if (original === surveyId) return null
  if (textOf(lookUp(fields, 'OriginalWaveID')) === null) return { beginsWith: surveyKey(original, '') }
  return { exactly: surveyKey(original, idOf(fields, 'OriginalWaveID')) }
}

/** A RejectionID, which an account may have enabled, is finer than the word. */
function why(
  fields: Fields,
  names: Readonly<Record<'rejection', string>>,
  word: string,
): Pick<OutcomeReport, 'reason'> {
  const reason = tolunaReason(word, textOf(lookUp(fields, names.rejection)))
  return reason === null ? {} : { reason }
}

function outcomeOf(words: Readonly<Record<string, ReportedOutcome>>, word: string): ReportedOutcome | null {
  const spelled = word.toLowerCase()
  return Object.hasOwn(words, spelled) ? (words[spelled] ?? null) : null
}

function configured<Route>(config: TolunaConnection, route: Route | null, name: string): Route {
  if (route === null) throw new ProviderError('misread', `connection ${config.id} has no ${name} configured`)
  return route
}

/** Its pages spell SurveyID and SurveyId: finds a field in any case. */
function lookUp(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name]
  const wanted = name.toLowerCase()
  return Object.entries(fields).find(([key]) => key.toLowerCase() === wanted)?.[1]
}

function textOf(value: unknown): string | null {
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  return typeof value === 'string' && value !== '' && value.length <= 512 ? value : null
}

function required(fields: Fields, name: string): string {
  const value = textOf(lookUp(fields, name))
  if (value === null) throw new ProviderError('misread', `the arrival came without "${name}"`)
  return value
}

/** An id in digits, with or without quotes; anything else is returned as it is and matches no survey. */
function idOf(fields: Fields, name: string): string {
  const text = required(fields, name).trim()
  return /^\d{1,30}$/.test(text) ? BigInt(text).toString() : text
}

/**
 * Revenue is in hundredths of the currency (public documentation, Member Status): 100 is 1.00. Null when it is not such
 * a number.
 */
function majorUnits(revenue: string): string | null {
  if (!/^\d{1,12}$/.test(revenue)) return null
  const digits = revenue.padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
