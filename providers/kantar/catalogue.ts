import { countryOf } from '../../domain/country.js'
import { fromMajorUnits, type Money, money } from '../../domain/money.js'
import type { Device, Quota, Survey } from '../../domain/survey.js'
import type { SupplyChange, Unreadable } from '../adapter.js'
import { parseJsonBytes } from '../kit/json.js'
import { firstIssue, notJson, type RecordIdentity, unreadable } from '../kit/unreadable.js'
import { creationUrl, type EntryPolicy } from './addresses.js'
import { toClause } from './targeting.js'
import {
  type SurveyPlan,
  type SurveyPlanUpdate,
  surveyPlanUpdate,
  updateIdentity,
  type WirePricing,
  type WireQuota,
} from './wire.js'

/**
 * Reads one element of the feed (Kantar Gateway API, SurveyPlanUpdate).
 * @returns the change, or why it could not be read; never throws, so a bad record does not affect the rest of its page
 * (F10)
 */
export function readUpdate(raw: Uint8Array, policy: EntryPolicy): SupplyChange | Unreadable {
  let given: unknown
  try {
    given = parseJsonBytes(raw)
  } catch (error) {
    return unreadable(rescued(raw), notJson(error), raw)
  }
  const read = surveyPlanUpdate.safeParse(given)
  if (!read.success) return unreadable(identityOf(given), firstIssue(read.error), raw)
  try {
    const { ack_id: order, version } = read.data
    return { kind: 'offered', survey: toSurvey(read.data, policy), order, version, raw }
  } catch (error) {
    if (error instanceof RangeError) return unreadable(identityOf(given), error.message, raw)
    throw error
  }
}

/** @throws RangeError with the reason when the plan contradicts itself or has a URL that is not allowed */
function toSurvey(update: SurveyPlanUpdate, policy: EntryPolicy): Survey {
  const plan = update.survey_plan
  const url = creationUrl(update.survey_session_creation_url, policy)
  refuseTwins(plan.quotas)
  return {
    providerSurveyId: plan.id,
    status: STATUS[plan.status],
    country: countryOf(plan.country.toUpperCase()) ?? plan.country.toUpperCase(),
    locale: plan.locale ? plainLocale(plan.locale) : null,
    // The document counts whole minutes; "0" is less than one, and a ranking divides by it.
    loiMinutes: Math.max(1, Math.ceil(plan.loi)),
    irPercent: plan.ir,
    conversionPercent: plan.cr ?? null,
    price: toMoney(plan.pricing),
    availableCompletes: plan.available_completes,
    devices: toDevices(plan.device_requirements),
    finishAt: plan.finish_date ? toInstant(plan.finish_date) : null,
    groupId: plan.group_id ?? null,
    projectId: plan.project_id ?? null,
    resumeAllowed: plan.resume_allowed ?? false,
    clauses: plan.qualifications.map(toClause),
    quotas: plan.quotas.map(toQuota),
    additionalQualifications: plan.additional_qualification_count,
    fullQuotaTerminates: false,
    entry: url === null ? {} : { url },
    enterable: url !== null,
  }
}

const STATUS = { OPEN: 'open', PAUSED: 'paused', CLOSED: 'closed' } as const satisfies Record<
  SurveyPlan['status'],
  Survey['status']
>

function toQuota(quota: WireQuota): Quota {
  return {
    quotaId: quota.id,
    status: STATUS[quota.status],
    available: quota.available_completes,
    ...(quota.pricing ? { price: toMoney(quota.pricing) } : {}),
    layers: quota.qualifications.map((qualification) => ({
      subQuotas: [{ clauses: [toClause(qualification)], available: null }],
    })),
    additionalQualifications: quota.additional_qualification_count,
  }
}

/** A session is created for a quota id: with a duplicate id it is unknown which quota is meant. */
function refuseTwins(quotas: readonly WireQuota[]): void {
  const seen = new Set<string>()
  for (const { id } of quotas) {
    if (seen.has(id)) throw new RangeError(`survey_plan.quotas: duplicate id "${id}"`)
    seen.add(id)
  }
}

/** K7: 150 fractional = 1.50; "main" counts whole dollars or pounds. */
function toMoney(pricing: WirePricing): Money {
  return pricing.unit === 'main' ? fromMajorUnits(pricing.cpi, pricing.currency) : money(pricing.cpi, pricing.currency)
}

const DEVICES: readonly Device[] = ['desktop', 'mobile', 'tablet']

/**
 * Words are compared without case. Unknown words are left out: those devices cannot enter. When none is left, it is
 * unknown which devices may enter, and the plan is unreadable instead of open to all.
 */
function toDevices(words: readonly string[] | null | undefined): readonly Device[] | null {
  if (!words || words.length === 0) return null
  const given = new Set(words.map((word) => word.trim().toLowerCase()))
  const known = DEVICES.filter((device) => given.has(device))
  if (known.length === 0)
    throw new RangeError(`survey_plan.device_requirements: none of "${words.join(', ')}" is known`)
  return known
}

/** `es_us` and `es-US` are the same place; the document uses both spellings. */
function plainLocale(locale: string): string {
  const [language = '', ...rest] = locale.split(/[-_]/)
  const tail = rest.map((part) => (part.length === 2 ? part.toUpperCase() : part))
  return [language.toLowerCase(), ...tail].join('-')
}

/** ISO 8601; without a zone it is UTC, not this machine's. */
function toInstant(text: string): string {
  const match = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text.trim())
  if (!match) throw new RangeError(`survey_plan.finish_date: "${text.slice(0, 40)}" is not an ISO 8601 date and time`)
  const zoned = text.includes('T') && !match[1] ? `${text.trim()}Z` : text.trim()
  const at = Date.parse(zoned)
  if (Number.isNaN(at)) throw new RangeError(`survey_plan.finish_date: "${text.slice(0, 40)}" is not a real date`)
  return new Date(at).toISOString()
}

function identityOf(given: unknown): RecordIdentity {
  const read = updateIdentity.safeParse(given)
  if (!read.success) return { providerSurveyId: null, order: null }
  return { providerSurveyId: read.data.survey_plan?.id ?? null, order: read.data.ack_id ?? null }
}

/**
 * A record that is not JSON may still name its plan in the usual place; the id is enough to withdraw the plan's older
 * version. The ack_id of such a record is not acknowledged.
 */
function rescued(raw: Uint8Array): RecordIdentity {
  const text = Buffer.from(raw.subarray(0, 4_096)).toString('utf8')
  const match = /"survey_plan"\s{0,40}:\s{0,40}\{\s{0,40}"id"\s{0,40}:\s{0,40}"([^"\\]{1,256})"/.exec(text)
  return { providerSurveyId: match?.[1] ?? null, order: null }
}
