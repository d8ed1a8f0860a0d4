import { formatAmount, type Money, minorDigits } from './money.js'
import type { Survey } from './survey.js'
import type { Verdict } from './targeting/verdict.js'

/**
 * How many US dollars one major unit is roughly worth. Only for putting offers in order and never for money: a
 * survey's place does not change when an exchange rate does, and no amount is ever converted or summed with these.
 * A currency that is not named counts like the dollar.
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

/**
 * A figure that orders prices, of different currencies too: about what they are in dollars. Never an amount of money.
 */
export function payForComparison(price: Money): number {
  return unitsForComparison(price) * (DOLLARS_FOR_ORDERING[price.currency] ?? 1)
}

function unitsForComparison(price: Money): number {
  return Number(price.amountMinor) / 10 ** minorDigits(price.currency)
}

/** What became of our own sessions in a survey. */
export interface OwnOutcomes {
  readonly sessions: number
  readonly completes: number
}

/** The provider's figure weighs as much as this many sessions of our own. */
const PROVIDER_FIGURE_WEIGHS = 20
/** A figure that the provider only assumes weighs less. */
const ASSUMED_FIGURE_WEIGHS = 5

/**
 * How many of a hundred sessions complete: our own outcomes, shrunk toward the provider's conversion (its IR where it
 * gives none), so that the first few sessions of a survey do not decide its place.
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

/** How much more a survey counts while all of its guaranteed allocation is still to be had. */
const URGENCY = 0.5

/**
 * How urgent a survey is: completes that are kept for us alone are lost when nobody goes (PureSpectrum Supply API,
 * guaranteed allocation), so that it counts up to half as much again, in proportion to what is left of them; 1 = not
 * urgent.
 */
export function allocationUrgency({ allocation }: Pick<Survey, 'allocation'>): number {
  if (allocation === undefined || allocation.guaranteed <= 0) return 1
  return 1 + URGENCY * Math.min(1, Math.max(0, allocation.remaining / allocation.guaranteed))
}

/**
 * One number that puts offers in order, of other calls and of live offers too: above 1 for a certain match and between
 * 0 and 1 for a maybe, so that every maybe comes after every certain match; within each by expected earnings per
 * minute.
 */
export function rankScore(verdict: Verdict, perMinute: number): number {
  return (verdict === 'yes' ? 1 : 0) + perMinute / (1 + perMinute)
}

export interface Ranked {
  readonly score: number
  readonly surveyId: string
}

/** Highest score first; equal ones by survey id, by code unit, so that the order is the same everywhere. */
export function compareRanked(one: Ranked, other: Ranked): number {
  if (one.score !== other.score) return other.score - one.score
  return one.surveyId < other.surveyId ? -1 : one.surveyId > other.surveyId ? 1 : 0
}

/**
 * The line of an offer's `why` that shows the sum behind its place: "CPI 1.50 USD x 25 % / 5 min = 0.075 USD a minute".
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
