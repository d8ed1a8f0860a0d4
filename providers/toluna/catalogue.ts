import { type Money, parseMoney } from '../../domain/money.js'
import type { Device, Participation, ParticipationExclusion, Quota, Survey } from '../../domain/survey.js'
import type { SupplyChange, Unreadable } from '../adapter.js'
import { parseExactJson } from '../kit/json.js'
import { firstIssue, notJson, unreadable } from '../kit/unreadable.js'
import type { TolunaConnection } from './config.js'
import { isUnset, readStamp } from './stamps.js'
import { toLayers } from './targeting.js'
import { foldKeys, identity, survey as surveyShape, type WireQuota, type WireSurvey } from './wire.js'

/** The settings of the connection that decide what a record means. */
export type CatalogueSettings = Pick<
  TolunaConnection,
  'currencies' | 'currency' | 'devices' | 'market' | 'postalQuestions'
>

/**
 * The list has no running numbers: the last one read applies. Every record has the same edition, so that one with other
 * content replaces the stored one, and one with the same content writes nothing.
 */
const ORDER = '0'

/**
 * Reads one survey of the list (Toluna External Sample, Get Quotas).
 * @returns the change, or why it could not be read; never throws, so a bad record does not affect the rest of its list
 * (F10)
 */
export function readSurvey(raw: Uint8Array, settings: CatalogueSettings): SupplyChange | Unreadable {
  let folded: unknown
  try {
    folded = foldKeys(parseExactJson(utf8(raw)))
  } catch (error) {
    return unreadable({ providerSurveyId: rescuedIdentity(raw), order: null }, notJson(error), raw)
  }
  const read = surveyShape.safeParse(folded)
  const about = { providerSurveyId: identityOf(folded), order: null }
  if (!read.success) return unreadable(about, firstIssue(read.error), raw)
  try {
    return { kind: 'offered', survey: toSurvey(read.data, settings), order: ORDER, version: '', raw }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return unreadable(about, error.message, raw)
  }
}

/**
 * SurveyID and WaveID together are one survey to us: the next wave is another survey (Toluna External Sample, “Tracker”
 * Surveys).
 */
export function surveyKey(surveyId: string, waveId: string): string {
  return `${surveyId}:${waveId}`
}

/** @throws RangeError with the reason when the survey contradicts itself or names an id that is not configured */
function toSurvey(wire: WireSurvey, settings: CatalogueSettings): Survey {
  refuseTwins(wire.quotas)
  const recontact = wire.issurveyrecontact === true
  const exclusions = toExclusions(wire)
  return {
    providerSurveyId: surveyKey(wire.surveyid, wire.waveid),
    // A survey on the list is open; one that leaves it is withdrawn.
    status: 'open',
    country: settings.market.country,
    locale: settings.market.locale,
    loiMinutes: Math.max(1, Math.ceil(wire.loi)),
    irPercent: wire.ir,
    conversionPercent: null,
    price: toPrice(wire, settings),
    // The survey's own limit applies in addition to its quotas': "at times, this may be less than the sum of all
    // Quotas".
    availableCompletes: wire.estimatedcompletesremaining ?? wire.completesrequired ?? null,
    devices: toDevices(wire.devicetypeids, settings.devices),
    finishAt: toFinish(wire.scheduledcompletiondate),
    groupId: null,
    projectId: wire.surveyid,
    resumeAllowed: false,
    ...(recontact ? { membersOnly: true } : {}),
    oneQuotaPerPanelist: true,
    ...(exclusions.length > 0 ? { exclusions } : {}),
    clauses: [],
    quotas: wire.quotas.map((quota) => toQuota(quota, settings)),
    additionalQualifications: 0,
    fullQuotaTerminates: false,
    entry: {},
    // An invite is for a quota: without one there is no entry.
    enterable: wire.quotas.length > 0,
  }
}

function toQuota(quota: WireQuota, settings: CatalogueSettings): Quota {
  return {
    quotaId: quota.quotaid,
    status: 'open',
    available: quota.estimatedcompletesremaining ?? quota.completesrequired ?? null,
    layers: toLayers(quota, settings),
    additionalQualifications: 0,
  }
}

/** An invite names only a quota id: with a duplicate id it is unknown which quota is meant. */
function refuseTwins(quotas: readonly WireQuota[]): void {
  const seen = new Set<string>()
  for (const { quotaid } of quotas) {
    if (seen.has(quotaid)) throw new RangeError(`Quotas: duplicate id ${quotaid}`)
    seen.add(quotaid)
  }
}

/** Price.Amount is in whole units, with decimals (Get Quotas, Price.Amount: double). */
function toPrice({ price }: WireSurvey, { currencies, currency }: CatalogueSettings): Money {
  return parseMoney(price.amount, currencyOf(price.currencyid, currencies, currency))
}

/**
 * @throws RangeError for a CurrencyID that is not configured, because an amount in the wrong currency is worse than
 * none
 */
function currencyOf(currencyId: string, currencies: Readonly<Record<string, string>>, otherwise: string): string {
  if (Object.keys(currencies).length === 0) return otherwise
  const known = Object.hasOwn(currencies, currencyId) ? currencies[currencyId] : undefined
  if (known === undefined)
    throw new RangeError(`Price: CurrencyID ${currencyId} is not among the connection's currencies`)
  return known
}

/**
 * An empty list admits every device. Ids that are not configured are left out: those devices cannot enter. When none is
 * left, it is unknown which devices may enter.
 */
function toDevices(ids: readonly string[], names: Readonly<Record<string, Device>>): readonly Device[] | null {
  if (ids.length === 0) return null
  const known = ids.flatMap((id) => (Object.hasOwn(names, id) ? (names[id] ?? []) : []))
  if (known.length === 0)
    throw new RangeError(`DeviceTypeIDs: none of ${ids.join(', ')} is among the connection's devices`)
  return [...new Set(known)]
}

function toFinish(stamp: string | null | undefined): string | null {
  if (stamp === null || stamp === undefined || stamp.trim() === '') return null
  const instant = readStamp(stamp)
  if (instant === null) throw new RangeError(`ScheduledCompletionDate: "${stamp.slice(0, 40)}" is not a date`)
  return isUnset(instant) ? null : instant.toISOString()
}

/** Public documentation, Survey Wave Exclusion: 1 started, 3 terminated, 9 qualified, 10 quota full. */
const PARTICIPATION: Readonly<Record<number, Participation>> = {
  1: 'started',
  3: 'terminated',
  9: 'completed',
  10: 'quota_full',
}

/** An undocumented status, or none, excludes every panelist who began: the careful choice. */
function toExclusions(wire: WireSurvey): ParticipationExclusion[] {
  return wire.surveywaveexclusions.flatMap(({ surveyid, waveid, participationstatusids }) => {
    if (surveyid === null) return []
    const stated = participationstatusids.map((status) => PARTICIPATION[status] ?? 'started')
    return {
      // WaveID 0 = any wave of that survey
      providerSurveyId: waveid === '0' ? null : surveyKey(surveyid, waveid),
      projectId: surveyid,
      participations: [...new Set(stated.length === 0 ? (['started'] as const) : stated)],
    }
  })
}

function identityOf(folded: unknown): string | null {
  const read = identity.safeParse(folded)
  if (!read.success) return null
  const { surveyid, waveid } = read.data
  return surveyid === undefined || waveid === undefined ? null : surveyKey(surveyid, waveid)
}

/** The ids of a record that is not JSON, if its first fields still show them. */
function rescuedIdentity(raw: Uint8Array): string | null {
  const head = Buffer.from(raw.subarray(0, 4_096)).toString('latin1')
  const numberOf = (name: string) => new RegExp(`"${name}"\\s*:\\s*"?(\\d{1,30})[",\\s}]`, 'i').exec(head)?.[1]
  const [surveyId, waveId] = [numberOf('SurveyID'), numberOf('WaveID')]
  return surveyId === undefined || waveId === undefined ? null : surveyKey(surveyId, waveId)
}

function utf8(raw: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(raw)
}
