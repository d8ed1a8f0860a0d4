import type { BuyerSurveyRecord } from '../../db/rows/buyer-survey.js'
import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import type { BuyerSurvey } from './survey-schemas.js'
import { qualificationFields } from './survey-wire.js'

/** The state of the plan of a launched survey. */
export interface Fielding {
  readonly status: PlanStatus
  readonly lastCompleteAt: Date | null
}

const STATUSES = { OPEN: 22, PAUSED: 33, CLOSED: 44 } as const satisfies Record<PlanStatus, number>
const DRAFT = 11

/** The seed's values for settings that a buyer left out. */
const NOTHING_SAID = {
  qbp: { enable: false },
  qlc: {
    enable: false,
    multiple_quotas: { enable: false, count_by_quota: false, compensate_by_quota: false },
  },
  unique_links: { enable: false },
  click_balancing: 0,
  estimated_clicks: 0,
  survey_external_id: '',
  incl_excl: 0,
  quota_throttling: false,
  url_transform: false,
  subscriber_emails: [],
  buyer_message: null,
  test_url: null,
  buyer_surveygroup_refs: [],
  uniqueLinks: false,
  is_feot_enabled: false,
  schedule_launch: {
    enable: false,
    info: { date: null, hours: null, minutes: null, timezone: null, dateTimeInISO: null },
  },
  price_reco: false,
} satisfies Partial<BuyerSurvey>

/**
 * Shapes a survey as the document's answer: every member of its example and no other.
 * @param fielding null = a draft
 */
export function surveyAnswer(record: BuyerSurveyRecord, fielding: Fielding | null, publicUrl: string): BuyerSurvey {
  const { psSurveyId, survey } = record
  // the schemas that describe the answer also checked the stored values
  const shown = { ...NOTHING_SAID, ...survey.shown } as typeof NOTHING_SAID & Partial<BuyerSurvey>
  return {
    qbp: shown.qbp,
    qlc: shown.qlc,
    soft_launch: { enable: survey.softLaunch ?? false },
    unique_links: shown.unique_links,
    click_balancing: shown.click_balancing,
    estimated_clicks: shown.estimated_clicks,
    survey_external_id: shown.survey_external_id,
    ps_survey_status: fielding === null ? DRAFT : STATUSES[fielding.status],
    offer_price: survey.offerPrice === undefined ? null : Number(survey.offerPrice),
    incl_excl: shown.incl_excl,
    quota_throttling: shown.quota_throttling,
    url_transform: shown.url_transform,
    subscriber_emails: shown.subscriber_emails,
    survey_title: survey.title,
    survey_category_code: survey.categoryCode,
    completes_required: survey.completes,
    field_time: survey.fieldTime ?? null,
    buyer_message: shown.buyer_message,
    live_url: survey.liveUrl ?? null,
    // the document's launched surveys have PS and their own id here, and their group contains themselves
    billing_id: shown.billing_id ?? (fielding === null ? null : `PS${psSurveyId}`),
    test_url: shown.test_url,
    expected_loi: survey.loi,
    expected_ir: survey.ir,
    ps_survey_id: psSurveyId,
    buyer_surveygroup_ref: survey.groupReference ?? null,
    buyer_surveygroup_refs: shown.buyer_surveygroup_refs,
    test_ps_survey_entry_link: `${publicUrl}/#/start-survey?survey_id=${psSurveyId}&ps_redirect_test=1&bsec=${record.linkToken}&supplier_id=23`,
    survey_localization: survey.localization,
    uniqueLinks: shown.uniqueLinks,
    quotas: survey.quotas.map((quota) => ({
      buyer_quota_id: quota.buyerQuotaId,
      quota_title: quota.title,
      ps_quota_id: quota.psQuotaId,
      required_count: quota.requiredCount,
      criteria: quota.criteria.map(qualificationFields),
    })),
    qualifications: survey.qualifications.map(qualificationFields),
    is_feot_enabled: shown.is_feot_enabled,
    survey_grouping: shown.survey_grouping ?? (fielding === null ? [] : [psSurveyId]),
    blend_id: null,
    schedule_launch: shown.schedule_launch,
    price_reco: shown.price_reco,
    project_creation_date: record.createdAt.toISOString(),
    project_last_complete_date: fielding?.lastCompleteAt?.toISOString() ?? null,
    template_id: record.templateId,
  }
}
