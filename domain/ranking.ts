import { formatAmount, type Money, minorDigits } from './money.js'
import type { Survey } from './survey.js'
import type { Verdict } from './targeting/verdict.js'

/**
 * Roughly how many US dollars one major unit is worth. Only for ranking offers, never for money: a change of an
 * exchange rate does not change a rank, and no amount is converted or summed with these. A currency that is not listed
 * counts like the dollar.
 */
const DOLLARS_FOR_ORDERING: Readonly<Record<string, number>> = {
  AED: 0.27,
  ARS: 0.001,
  AUD: 0.65,
  BRL: 0.18,
  CAD: 0.73,
  CHF: 1.15,
  CLP: 0.001,
  CNY: 0.14,
  COP: 0.00025,
  CZK: 0.044,
  DKK: 0.145,
  EUR: 1.1,
  GBP: 1.28,
  HKD: 0.13,
  HUF: 0.0028,
  IDR: 0.000063,
  ILS: 0.27,
  INR: 0.012,
  JPY: 0.0067,
  KRW: 0.00073,
  KWD: 3.25,
  MXN: 0.055,
  MYR: 0.22,
  NOK: 0.095,
  NZD: 0.6,
  PEN: 0.27,
  PHP: 0.0175,
  PLN: 0.255,
  RON: 0.22,
  RUB: 0.011,
  SAR: 0.27,
  SEK: 0.096,
  SGD: 0.75,
  THB: 0.029,
  TRY: 0.03,
  TWD: 0.031,
  UAH: 0.024,
  VND: 0.00004,
  ZAR: 0.055,
}

/** A figure to compare prices across currencies: roughly their value in dollars. Never an amount of money. */
export function payForComparison(price: Money): number {
  return unitsForComparison(price) * (DOLLARS_FOR_ORDERING[price.currency] ?? 1)
}

function unitsForComparison(price: Money): number {
  return Number(price.amountMinor) / 10 ** minorDigits(price.currency)
}

/** Counts of our own finished sessions in a survey. */
export interface OwnOutcomes {
  readonly sessions: number
  readonly completes: number
}

/** The provider's figure weighs as much as this many sessions of our own. */
const PROVIDER_FIGURE_WEIGHS = 20
/** The weight of a figure that the provider only assumes. */
const ASSUMED_FIGURE_WEIGHS = 5

/**
 * How many of a hundred sessions complete: our own outcomes, shrunk toward the provider's conversion (its IR where it
 * gives none), so that the first few sessions of a survey do not determine its rank.
 */
export function conversionEstimate(survey: Survey, own: OwnOutcomes | null): number {
  const theirs = survey.conversionPercent ?? survey.irPercent
  if (own === null) return theirs
  const weight = survey.assumed?.includes('ir') === true ? ASSUMED_FIGURE_WEIGHS : PROVIDER_FIGURE_WEIGHS
  const completes = own.completes + (theirs / 100) * weight
  return (completes / (own.sessions + weight)) * 100
}

/**
 * Expected earnings per minute = CPI x conversion / LOI, in the ordering figure of {@link payForComparison}.
 * @param loiMinutes less than a minute counts as one
 */
export function expectedPerMinute(price: Money, conversionPercent: number, loiMinutes: number): number {
  return (payForComparison(price) * conversionPercent) / 100 / Math.max(loiMinutes, 1)
}

/** The bonus of a survey while all of its guaranteed allocation remains. */
const URGENCY = 0.5

/**
 * The urgency of a survey: guaranteed completes are lost if we do not use them (PureSpectrum Supply API, guaranteed
 * allocation), so its score rises by up to half, in proportion to the remaining share; 1 = not urgent.
 */
export function allocationUrgency({ allocation }: Pick<Survey, 'allocation'>): number {
  if (allocation === undefined || allocation.guaranteed <= 0) return 1
  return 1 + URGENCY * Math.min(1, Math.max(0, allocation.remaining / allocation.guaranteed))
}

/**
 * The score that ranks offers, comparable between calls and with live offers: above 1 for a certain match and between 0
 * and 1 for a maybe, so that every maybe comes after every certain match; within each by expected earnings per minute.
 */
export function rankScore(verdict: Verdict, perMinute: number): number {
  return (verdict === 'yes' ? 1 : 0) + perMinute / (1 + perMinute)
}

export interface Ranked {
  readonly score: number
  readonly surveyId: string
}

/** Highest score first; ties by survey id in code unit order, so that the order is deterministic. */
export function compareRanked(one: Ranked, other: Ranked): number {
  if (one.score !== other.score) return other.score - one.score
  return one.surveyId < other.surveyId ? -1 : one.surveyId > other.surveyId ? 1 : 0
}

/**
 * The line of an offer's `why` that shows how its rank was computed: "CPI 1.50 USD x 25 % / 5 min = 0.075 USD a
 * minute".
 */
export function explainRank(price: Money, conversionPercent: number, loiMinutes: number): string {
  const minutes = Math.max(loiMinutes, 1)
  const perMinute = (unitsForComparison(price) * conversionPercent) / 100 / minutes
  const sum = `CPI ${formatAmount(price)} ${price.currency} x ${round(conversionPercent)} % / ${minutes} min`
  return `${sum} = ${round(perMinute)} ${price.currency} a minute`
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)))
}
