import type { BuyerSurvey } from '../../domain/template/buyer-survey.js'

/** A stored survey of a buyer. */
export interface BuyerSurveyRecord {
  readonly psSurveyId: number
  readonly demandPartner: string
  readonly templateId: number | null
  readonly survey: BuyerSurvey
  /** Part of the test link. */
  readonly linkToken: string
  /** The plan that it became at its launch; null = a draft. */
  readonly launched: { readonly planId: string; readonly at: Date } | null
  readonly createdAt: Date
}

/** One row of `buyer_surveys`. */
export interface BuyerSurveyRow {
  readonly ps_survey_id: number
  readonly demand_partner: string
  readonly template_id: number | null
  readonly survey: BuyerSurvey
  readonly link_token: string
  readonly plan_id: string | null
  readonly launched_at: Date | null
  readonly created_at: Date
}

/** Builds a buyer's survey from its row. */
export function buyerSurveyOf(row: BuyerSurveyRow): BuyerSurveyRecord {
  return {
    psSurveyId: row.ps_survey_id,
    demandPartner: row.demand_partner,
    templateId: row.template_id,
    survey: row.survey,
    linkToken: row.link_token,
    launched: row.plan_id === null || row.launched_at === null ? null : { planId: row.plan_id, at: row.launched_at },
    createdAt: row.created_at,
  }
}
