import type { Survey } from '../survey.js'

/** Currencies of the gateway (Kantar Gateway API, Pricing). */
const CURRENCIES: ReadonlySet<string> = new Set(['USD', 'GBP', 'AUD', 'CAD', 'EUR'])

/**
 * Whether the feed can express a survey's price. The rules of the phase `show` decide whether it is open to a panel
 * (docs/matching.md, "One decision, seven doors").
 */
export function isCarried(survey: Survey): boolean {
  return [survey.price, ...survey.quotas.flatMap(({ price }) => price ?? [])].every(({ currency }) =>
    CURRENCIES.has(currency),
  )
}
