import { parseMoney } from '../../domain/money.js'
import type { BuyerSurvey } from '../../domain/template/buyer-survey.js'
import { countryOf, type LaunchTerms } from '../../domain/template/launch.js'
import { findPanel, panelFaults, urlFaults } from '../demand/plan-checks.js'
import { targetablePanels } from '../demand/plan-rules.js'
import type { ApiDependencies } from '../dependencies.js'
import type { FieldFault } from '../http/problem.js'
import { malformed } from './errors.js'

/** Highest price of a complete, in minor units; the same for every survey plan. */
const HIGHEST_PRICE_MINOR = 1_000_000n

/**
 * Checks and returns the terms of a launch, as for any survey plan: panels that exist and serve its country, an address
 * that browsers may be sent to, a price in whole minor units.
 * @throws BuyerError 400 naming every setting that is missing or wrong
 */
export function launchTerms(
  survey: BuyerSurvey,
  { config }: Pick<ApiDependencies, 'config'>,
): Pick<LaunchTerms, 'liveUrl' | 'price' | 'panels' | 'fieldTime'> {
  const faults: FieldFault[] = []
  const needed = <Value>(field: string, value: Value | undefined, what: string): value is Value => {
    if (value === undefined || value === '') faults.push({ field, message: `is needed to launch: ${what}` })
    return value !== undefined && value !== ''
  }
  const { liveUrl = '', fieldTime = 0, panels: names = [] } = survey
  if (needed('live_url', survey.liveUrl, "the survey's address")) {
    faults.push(...urlFaults(liveUrl, 'live_url', config.egress.allowPrivate))
  }
  needed('field_time', survey.fieldTime, 'days')
  const priced = needed('offer_price', survey.offerPrice, 'what a complete pays, such as 2.5')
  const inCurrency = needed('currency', survey.currency, 'of offer_price, such as USD')
  const price = priced && inCurrency ? parseMoney(survey.offerPrice ?? '', survey.currency ?? '') : null
  if (price !== null) faults.push(...priceFaults(survey.offerPrice ?? '', price.amountMinor))
  const open = targetablePanels({ config })
  if (needed('panels', survey.panels, 'the panels that may send respondents')) {
    faults.push(...panelFaults(names, (at) => `panels[${at}]`, countryOf(survey.localization), open))
  }
  if (survey.scheduledLaunch === true) {
    faults.push({ field: 'schedule_launch.enable', message: 'must be false: a survey is launched when it is put live' })
  }
  if (faults.length > 0 || price === null) throw malformed(faults.map(({ field, message }) => ({ field, message })))
  return { liveUrl, fieldTime, price, panels: names.map((name) => findPanel(open, name)?.id ?? name) }
}

function priceFaults(text: string, amountMinor: bigint): FieldFault[] {
  const field = 'offer_price'
  const cents = /^\d+(?:\.\d{0,2}0*)?$/.test(text)
  if (!cents) return [{ field, message: 'must be in whole cents, such as 2.5 or 2.55' }]
  if (amountMinor >= 1n && amountMinor <= HIGHEST_PRICE_MINOR) return []
  return [{ field, message: 'must be from 0.01 to 10000' }]
}
