import type {
  BuyerQualification,
  BuyerQuotaRequest,
  BuyerSurvey,
  SurveyRequest,
} from '../../domain/template/buyer-survey.js'
import type { Template } from '../../domain/template/template.js'
import { type QualificationFields, type QuotaFields, SurveyFields, shown } from './survey-schemas.js'

/** Translates the PureSpectrum Buy API's names into ours. */
export function requestOf(fields: SurveyFields): SurveyRequest {
  return {
    title: fields.survey_title,
    categoryCode: fields.survey_category_code,
    localization: fields.survey_localization,
    completes: fields.completes_required,
    ir: fields.expected_ir,
    loi: fields.expected_loi,
    fieldTime: fields.field_time,
    liveUrl: fields.live_url,
    offerPrice: fields.offer_price,
    currency: fields.currency,
    panels: fields.panels?.map((panel) => (typeof panel === 'string' ? panel : panel.name)),
    surveyPlatform: fields.survey_platform,
    softLaunch: fields.soft_launch?.enable,
    scheduledLaunch: fields.schedule_launch?.enable,
    groupReference: fields.buyer_surveygroup_ref,
    shown: Object.fromEntries(Object.entries(fields).filter(([name]) => Object.hasOwn(shown, name))),
    qualifications: fields.qualifications?.map(qualificationOf),
    quotas: fields.quotas?.map(quotaOf),
  }
}

/** The survey settings of a template; where it names no survey title, its own title is used. */
export function requestOfTemplate(template: Pick<Template, 'survey' | 'title'>): SurveyRequest {
  const request = requestOf(SurveyFields.parse(template.survey))
  return { ...request, title: request.title ?? template.title }
}

function qualificationOf({ qualification_code, condition_codes, range_sets }: QualificationFields): BuyerQualification {
  return {
    code: qualification_code,
    ...(condition_codes === undefined ? {} : { conditions: condition_codes }),
    ...(range_sets === undefined ? {} : { ranges: range_sets.map(({ from, to }) => ({ from, to })) }),
  }
}

function quotaOf(fields: QuotaFields): BuyerQuotaRequest {
  return {
    buyerQuotaId: fields.buyer_quota_id,
    title: fields.quota_title ?? '',
    requiredCount: fields.required_count,
    criteria: fields.criteria.map(qualificationOf),
  }
}

/** The seed's names of the required settings of a survey. */
export const WIRE_NAMES = {
  title: 'survey_title',
  categoryCode: 'survey_category_code',
  localization: 'survey_localization',
  completes: 'completes_required',
  ir: 'expected_ir',
  loi: 'expected_loi',
} as const satisfies Partial<Record<keyof BuyerSurvey, string>>

/** A question with its conditions as the document's answers have it, without the names of conditions. */
export function qualificationFields({ code, conditions, ranges }: BuyerQualification): QualificationFields {
  return {
    ...(conditions === undefined ? {} : { condition_codes: [...conditions] }),
    ...(ranges === undefined ? {} : { range_sets: ranges.map(({ from, to }) => ({ units: 311 as const, to, from })) }),
    qualification_code: code,
  }
}
