import { type Money, money } from '../../domain/money.js'
import type { Quota, Survey } from '../../domain/survey.js'

/** Money as jsonb holds it: JSON has no integers of its own, so minor units travel as text. */
export interface MoneyJson {
  readonly amountMinor: string
  readonly currency: string
}

type QuotaJson = Omit<Quota, 'price'> & { readonly price?: MoneyJson }

/** A Survey as the column `surveys.survey` holds it. */
export type SurveyJson = Omit<Survey, 'price' | 'quotas'> & {
  readonly price: MoneyJson
  readonly quotas: readonly QuotaJson[]
}

/** For the column `surveys.survey`. */
export function surveyToJson(survey: Survey): SurveyJson {
  return { ...survey, price: moneyToJson(survey.price), quotas: survey.quotas.map(quotaToJson) }
}

/** From the column `surveys.survey`, which only surveyToJson has written: nothing is checked again. */
export function surveyFromJson(json: SurveyJson): Survey {
  return { ...json, price: moneyFromJson(json.price), quotas: json.quotas.map(quotaFromJson) }
}

const moneyToJson = (value: Money): MoneyJson => ({
  amountMinor: value.amountMinor.toString(),
  currency: value.currency,
})

const moneyFromJson = (json: MoneyJson): Money => money(BigInt(json.amountMinor), json.currency)

function quotaToJson({ price, ...rest }: Quota): QuotaJson {
  return price === undefined ? rest : { ...rest, price: moneyToJson(price) }
}

function quotaFromJson({ price, ...rest }: QuotaJson): Quota {
  return price === undefined ? rest : { ...rest, price: moneyFromJson(price) }
}
