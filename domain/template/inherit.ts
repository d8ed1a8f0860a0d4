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
 * A new survey from a request and perhaps a template (PureSpectrum Buy API, POST). The request's settings win, above
 * all the seven that the seed lists: completes, IR, LOI, category, country and language, title; what it leaves out is
 * inherited. Its qualifications and quotas come first and are kept; the template's follow with ids of their own, except
 * for a qualification whose code is there already and a quota with the very same criteria. Where the request gives
 * other completes, the template's cells are rescaled to them.
 * @returns null when neither gives one of the settings that are `NEEDED`
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
 * A survey after an edit (PureSpectrum Buy API, PUT). What the request leaves out stays as it is; the counts of quotas
 * stay beside other completes, as in the document's example. Qualifications and quotas that are given replace those
 * that are there; when the survey's template is named again, the template's follow them, as they stand in the survey.
 * @param template the survey's own, when the request names it; null otherwise
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

/** The settings of one with those of the other that are given. `shown` is merged name by name. */
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

/** A template's quota in a survey: both ids are new there. */
function fresh(quota: BuyerQuotaRequest, ids: QuotaIds): BuyerQuota {
  return { ...quota, buyerQuotaId: ids.buyerQuotaId(), psQuotaId: ids.psQuotaId() }
}

/** A buyer's quota: it keeps the buyer's id, and ours when the survey has it already. */
function identified(quota: BuyerQuotaRequest, ids: QuotaIds, before: readonly BuyerQuota[] = []): BuyerQuota {
  const known = before.find(({ buyerQuotaId }) => buyerQuotaId === quota.buyerQuotaId)
  return {
    ...quota,
    buyerQuotaId: quota.buyerQuotaId ?? ids.buyerQuotaId(),
    psQuotaId: known?.psQuotaId ?? ids.psQuotaId(),
  }
}
