import type { Knex } from '../connect.js'
import { type BuyerSurveyRecord, type BuyerSurveyRow, buyerSurveyOf } from '../rows/buyer-survey.js'

/** Stores a new draft and assigns its id. */
export async function insertBuyerSurvey(
  knex: Knex,
  draft: Pick<BuyerSurveyRecord, 'demandPartner' | 'templateId' | 'survey' | 'linkToken'>,
  now: Date,
): Promise<BuyerSurveyRecord> {
  const rows: BuyerSurveyRow[] = await knex('buyer_surveys')
    .insert({
      demand_partner: draft.demandPartner,
      template_id: draft.templateId,
      survey: JSON.stringify(draft.survey),
      link_token: draft.linkToken,
      created_at: now,
      updated_at: now,
    })
    .returning('*')
  const [row] = rows
  if (row === undefined) throw new Error('the insert of a buyer survey returned no row')
  return buyerSurveyOf(row)
}

/** Locks a buyer's own survey, so that its edits are serialized and it is launched once. */
export async function lockBuyerSurvey(
  trx: Knex,
  demandPartner: string,
  psSurveyId: number,
): Promise<BuyerSurveyRecord | null> {
  const row: BuyerSurveyRow | undefined = await trx('buyer_surveys')
    .where({ ps_survey_id: psSurveyId, demand_partner: demandPartner })
    .forUpdate()
    .first()
  return row === undefined ? null : buyerSurveyOf(row)
}

/** Stores an edit, and the launch if there is one. */
export async function updateBuyerSurvey(
  trx: Knex,
  { psSurveyId, survey, launched }: Pick<BuyerSurveyRecord, 'psSurveyId' | 'survey' | 'launched'>,
  now: Date,
): Promise<void> {
  await trx('buyer_surveys')
    .where({ ps_survey_id: psSurveyId })
    .update({
      survey: JSON.stringify(survey),
      plan_id: launched?.planId ?? null,
      launched_at: launched?.at ?? null,
      updated_at: now,
    })
}
