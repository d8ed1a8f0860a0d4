import { type Money, money } from '../../domain/money.js'
import type { Quota, Survey } from '../../domain/survey.js'

/** Money in jsonb: minor units are text, because JSON has no integer type. */
export interface MoneyJson {
  readonly amountMinor: string
  readonly currency: string
}

type QuotaJson = Omit<Quota, 'price'> & { readonly price?: MoneyJson }

/** A Survey in the column `surveys.survey`. */
export type SurveyJson = Omit<Survey, 'price' | 'quotas'> & {
  readonly price: MoneyJson
  readonly quotas: readonly QuotaJson[]
}

/** For the column `surveys.survey`. */
export function surveyToJson(survey: Survey): SurveyJson {
  return { ...survey, price: moneyToJson(survey.price), quotas: survey.quotas.map(quotaToJson) }
}

/** From the column `surveys.survey`, which only `surveyToJson` writes, so it needs no validation. */
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
