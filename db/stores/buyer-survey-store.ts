import type { BuyerSurvey } from '../../domain/template/buyer-survey.js'
import type { Knex } from '../connect.js'

/** A buyer's survey as it is stored. */
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

interface BuyerSurveyRow {
  readonly ps_survey_id: number
  readonly demand_partner: string
  readonly template_id: number | null
  readonly survey: BuyerSurvey
  readonly link_token: string
  readonly plan_id: string | null
  readonly launched_at: Date | null
  readonly created_at: Date
}

/** Stores a new draft and gives it its id. */
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
  return recordOf(row)
}

/** A buyer's own survey; another's is not there. */
export async function findBuyerSurvey(
  knex: Knex,
  demandPartner: string,
  psSurveyId: number,
): Promise<BuyerSurveyRecord | null> {
  const row: BuyerSurveyRow | undefined = await own(knex, demandPartner, psSurveyId).first()
  return row === undefined ? null : recordOf(row)
}

/** The same under its lock: edits of one survey come one after the other, and it is launched once. */
export async function lockBuyerSurvey(
  trx: Knex,
  demandPartner: string,
  psSurveyId: number,
): Promise<BuyerSurveyRecord | null> {
  const row: BuyerSurveyRow | undefined = await own(trx, demandPartner, psSurveyId).forUpdate().first()
  return row === undefined ? null : recordOf(row)
}

/** Stores an edit, and the launch with it where there is one. */
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

const own = (knex: Knex, demandPartner: string, psSurveyId: number) =>
  knex('buyer_surveys').where({ ps_survey_id: psSurveyId, demand_partner: demandPartner })

function recordOf(row: BuyerSurveyRow): BuyerSurveyRecord {
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
