import {
  type BuyerQualification,
  type BuyerQuota,
  type BuyerQuotaRequest,
  type BuyerSurvey,
  type QuotaIds,
  type SurveyRequest,
  type SurveySettings,
  sameCriteria,
} from './buyer-survey.js'
import { rescaleCells } from './rescale.js'

/**
 * Builds a new survey from a request and an optional template (PureSpectrum Buy API, POST). The request's settings
 * override the template's, above all the seven that the seed lists: completes, IR, LOI, category, country and language,
 * title; omitted ones are inherited. The request's qualifications and quotas come first; the template's follow with new
 * ids, except a qualification with the same code and a quota with the same criteria. If the request gives completes,
 * the template's cells are rescaled to them.
 * @returns null when one of the `NEEDED` settings is missing in both
 */
export function newSurvey(request: SurveyRequest, template: SurveyRequest | null, ids: QuotaIds): BuyerSurvey | null {
  const settings = override(template ?? {}, request)
  const theirs = template?.quotas ?? []
  const scaled = request.completes === undefined ? theirs : rescaleCells(theirs, request.completes)
  return complete(
    settings,
    withQualifications(request.qualifications ?? [], template?.qualifications ?? []),
    withQuotas(
      (request.quotas ?? []).map((quota) => identified(quota, ids)),
      scaled.map((quota) => fresh(quota, ids)),
    ),
  )
}

/**
 * Applies an edit to a survey (PureSpectrum Buy API, PUT). Omitted fields do not change; the counts of quotas do not
 * change with the completes, as in the document's example. Given qualifications and quotas replace the stored ones;
 * when the request names the survey's template again, the template's follow them, in the survey's version.
 * @param template the survey's template, when the request names it; null otherwise
 */
export function editedSurvey(
  survey: BuyerSurvey,
  request: SurveyRequest,
  template: SurveyRequest | null,
  ids: QuotaIds,
): BuyerSurvey {
  const { qualifications, quotas } = request
  const edited = quotas?.map((quota) => identified(quota, ids, survey.quotas))
  return {
    ...override(survey, request),
    qualifications:
      qualifications === undefined
        ? survey.qualifications
        : withQualifications(
            qualifications,
            (template?.qualifications ?? []).map(
              (theirs) => survey.qualifications.find(({ code }) => code === theirs.code) ?? theirs,
            ),
          ),
    quotas:
      edited === undefined
        ? survey.quotas
        : withQuotas(
            edited,
            (template?.quotas ?? []).map(
              (theirs) =>
                survey.quotas.find((ours) => sameCriteria(ours.criteria, theirs.criteria)) ?? fresh(theirs, ids),
            ),
          ),
  }
}

/** Overrides settings with the given ones. Merges `shown` by name. */
function override<Base extends SurveySettings>(base: Base, given: SurveyRequest): Base & SurveySettings {
  const { qualifications: _qualifications, quotas: _quotas, shown, ...settings } = given
  const said = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  return { ...base, ...said, shown: { ...base.shown, ...shown } }
}

function complete(
  settings: SurveySettings,
  qualifications: readonly BuyerQualification[],
  quotas: readonly BuyerQuota[],
): BuyerSurvey | null {
  const { title, categoryCode, localization, completes, ir, loi } = settings
  if (
    title === undefined ||
    categoryCode === undefined ||
    localization === undefined ||
    completes === undefined ||
    ir === undefined ||
    loi === undefined
  ) {
    return null
  }
  return { ...settings, title, categoryCode, localization, completes, ir, loi, qualifications, quotas }
}

function withQualifications(
  kept: readonly BuyerQualification[],
  added: readonly BuyerQualification[],
): BuyerQualification[] {
  const codes = new Set(kept.map(({ code }) => code))
  return [...kept, ...added.filter(({ code }) => !codes.has(code))]
}

function withQuotas(kept: readonly BuyerQuota[], added: readonly BuyerQuota[]): BuyerQuota[] {
  return [...kept, ...added.filter(({ criteria }) => !kept.some((one) => sameCriteria(one.criteria, criteria)))]
}

/** A template's quota in a survey, with two new ids. */
function fresh(quota: BuyerQuotaRequest, ids: QuotaIds): BuyerQuota {
  return { ...quota, buyerQuotaId: ids.buyerQuotaId(), psQuotaId: ids.psQuotaId() }
}

/** A buyer's quota, with the buyer's id, and our id when the survey already has the quota. */
function identified(quota: BuyerQuotaRequest, ids: QuotaIds, before: readonly BuyerQuota[] = []): BuyerQuota {
  const known = before.find(({ buyerQuotaId }) => buyerQuotaId === quota.buyerQuotaId)
  return {
    ...quota,
    buyerQuotaId: quota.buyerQuotaId ?? ids.buyerQuotaId(),
    psQuotaId: known?.psQuotaId ?? ids.psQuotaId(),
  }
}
