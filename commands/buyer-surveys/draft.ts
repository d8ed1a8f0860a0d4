import type { Knex } from '../../db/connect.js'
import type { BuyerSurveyRecord } from '../../db/rows/buyer-survey.js'
import { insertBuyerSurvey } from '../../db/stores/buyer-survey-store.js'

/** Stores a buyer's new survey as a draft. @returns the draft with its id */
export function draftSurvey(
  { knex, clock }: { readonly knex: Knex; readonly clock: () => Date },
  draft: Pick<BuyerSurveyRecord, 'demandPartner' | 'templateId' | 'survey' | 'linkToken'>,
): Promise<BuyerSurveyRecord> {
  return insertBuyerSurvey(knex, draft, clock())
}
