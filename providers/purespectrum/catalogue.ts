import { alpha3Of } from '../../domain/country.js'
import { parseMoney } from '../../domain/money.js'
import type { Allocation, Clause, Grouping, Quota, Survey } from '../../domain/survey.js'
import { isDevice, toClause, toDevices } from './targeting.js'
import type { WireBlock, WireCompletes, WireQuota, WireSurvey } from './wire.js'

/** The PureSpectrum Supply API, survey_status: 11 draft, 22 live, 33 paused, 44 closed. A draft is not offered yet. */
const STATUS = { 11: 'paused', 22: 'open', 33: 'paused', 44: 'closed' } as const satisfies Record<
  WireSurvey['survey_status'],
  Survey['status']
>

/** Assumed before a survey has measurements: long and hard, so that it does not rank high without any. */
const UNMEASURED = { loiMinutes: 20, irPercent: 10 }

/**
 * PureSpectrum's survey in our terms (PureSpectrum Supply API, Result).
 * @param currency of the account: the document names none beside cpi
 * @throws RangeError with the reason when the survey contradicts itself
 */
export function toSurvey(survey: WireSurvey, currency: string): Survey {
  const { overall, last_block: lastBlock } = survey.survey_performance ?? {}
  const ir = Math.min(100, measured(lastBlock, overall, 'ir') ?? UNMEASURED.irPercent)
  const loi = measured(lastBlock, overall, 'loi') ?? UNMEASURED.loiMinutes
  const grouping = toGrouping(survey)
  const allocation = toAllocation(survey.supplier_completes)
  refuseTwins(survey.quotas)
  return {
    providerSurveyId: survey.survey_id,
    status: STATUS[survey.survey_status],
    ...place(survey.surveyLocalization),
    loiMinutes: Math.max(1, Math.ceil(loi)),
    irPercent: ir,
    // their IR is completes per respondent who reached the buyer: we call it conversion
    conversionPercent: ir,
    price: parseMoney(survey.cpi, currency),
    availableCompletes: left(survey.supplier_completes),
    devices: toDevices(survey.qualifications),
    finishAt: survey.field_end_date ? new Date(survey.field_end_date).toISOString() : null,
    groupId: null,
    projectId: null,
    ...(allocation === null ? {} : { allocation }),
    ...(grouping === null ? {} : { grouping }),
    ...(survey.soft_launch === true ? { softLaunch: true } : {}),
    resumeAllowed: false,
    clauses: survey.qualifications.filter((one) => !isDevice(one)).map(toClause),
    quotas: survey.quotas.map(toQuota),
    additionalQualifications: 0,
    fullQuotaTerminates: true,
    entry: survey.survey_entry_url ? { url: survey.survey_entry_url } : {},
    enterable: !forMembersOnly(survey),
  }
}

/** `en_US`: the language, and the country as alpha-2 (PureSpectrum Supply API, surveyLocalization). */
function place(localization: string): { country: string; locale: string } {
  const [language = '', region = ''] = localization.split(/[_-]/)
  const country = alpha3Of(region)
  if (country === null) throw new RangeError(`surveyLocalization: "${localization}" names no country`)
  return { country, locale: `${language.toLowerCase()}-${region.toUpperCase()}` }
}

/** Figures of the last block come before those of the survey's whole life (G5); a 0 in either is not a measurement. */
function measured(
  lastBlock: WireBlock | null | undefined,
  overall: WireBlock | null | undefined,
  key: 'ir' | 'loi',
): number | null {
  for (const block of [lastBlock, overall]) {
    const value = block?.[key]
    // a block with an loi of 0 has measured neither
    if (value !== null && value !== undefined && (block?.loi ?? 0) > 0) return value
  }
  return null
}

/** Completes left for us: their own figure, else needed - achieved; null = unknown. Never below 0. */
function left(completes: WireCompletes | null | undefined): number | null {
  if (!completes) return null
  const { remaining, needed, achieved } = completes
  if (remaining !== null && remaining !== undefined) return Math.max(0, remaining)
  if (needed === null || needed === undefined) return null
  return Math.max(0, needed - (achieved ?? 0))
}

/**
 * The guaranteed fields are present only when our minimum is above 0; absent is not 0 (G3). The remainder is guaranteed
 * - achieved (PureSpectrum Supply API, Important Considerations), or 0 once we exceed it; their own figure stays in the
 * stored record.
 */
function toAllocation(completes: WireCompletes | null | undefined): Allocation | null {
  const guaranteed = completes?.guaranteed_allocation
  if (guaranteed === null || guaranteed === undefined || guaranteed <= 0) return null
  const achieved = completes?.achieved
  const theirs = completes?.guaranteed_allocation_remaining
  const remaining = achieved === null || achieved === undefined ? (theirs ?? guaranteed) : guaranteed - achieved
  return { guaranteed, remaining: Math.min(guaranteed, Math.max(0, remaining)) }
}

/** A panelist who did one of these surveys is not sent to another for this many days. */
function toGrouping(survey: WireSurvey): Grouping | null {
  const grouping = survey.survey_grouping
  if (!grouping) return null
  const surveyIds = [...new Set(grouping.survey_ids)]
  const exclusionDays = grouping.exclusion_period ?? 0
  return surveyIds.length === 0 || exclusionDays === 0 ? null : { surveyIds, exclusionDays }
}

/**
 * incl_excl 0, as in the sample, excludes panelists who did a grouped survey. Another value admits only those
 * panelists; no respondent may enter, because we do not know who they are.
 */
function forMembersOnly(survey: WireSurvey): boolean {
  const grouping = survey.survey_grouping
  return (survey.incl_excl ?? 0) !== 0 && (grouping?.survey_ids ?? []).length > 0
}

/**
 * currently_open is how many may enter now, below remaining while the quota is throttled; at 0 the session of a
 * respondent who belongs in it ends (G6). A closed quota also counts panelists whose answer is unknown, because the
 * provider asks them: its criteria are `routable` and the survey is a maybe for them.
 */
function toQuota(quota: WireQuota): Quota {
  const { currently_open: open, remaining } = quota.quantities
  const counts = [open, remaining].filter((value) => value !== null && value !== undefined)
  if (counts.length === 0) throw new RangeError(`quota ${quota.quota_id}: neither currently_open nor remaining`)
  const available = Math.max(0, Math.min(...counts))
  const clause = (one: Clause): Clause => (available === 0 ? { ...one, routable: true } : one)
  return {
    quotaId: quota.quota_id,
    status: 'open',
    available,
    layers: quota.criteria.map((criterion) => ({
      subQuotas: [{ clauses: [clause(toClause(criterion))], available: null }],
    })),
    additionalQualifications: 0,
  }
}

/** A session is made for a quota id: with a duplicate id it is unknown which quota is meant. */
function refuseTwins(quotas: readonly WireQuota[]): void {
  const seen = new Set<string>()
  for (const { quota_id: quotaId } of quotas) {
    if (seen.has(quotaId)) throw new RangeError(`quotas: duplicate id "${quotaId}"`)
    seen.add(quotaId)
  }
}
