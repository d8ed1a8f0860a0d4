import type { Knex } from '../connect.js'
import { type BuyerSurveyRecord, type BuyerSurveyRow, buyerSurveyOf } from '../rows/buyer-survey.js'

/** A buyer's own survey; null = not found or another buyer's. */
export async function findBuyerSurvey(
  knex: Knex,
  demandPartner: string,
  psSurveyId: number,
): Promise<BuyerSurveyRecord | null> {
  const row: BuyerSurveyRow | undefined = await knex('buyer_surveys')
    .where({ ps_survey_id: psSurveyId, demand_partner: demandPartner })
    .first()
  return row === undefined ? null : buyerSurveyOf(row)
}
