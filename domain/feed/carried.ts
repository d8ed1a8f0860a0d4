import type { Survey } from '../survey.js'

/** Currencies that the gateway has a word for (Kantar Gateway API, Pricing). */
const CURRENCIES: ReadonlySet<string> = new Set(['USD', 'GBP', 'AUD', 'CAD', 'EUR'])

/**
 * Whether the feed can say what a survey pays. Whether it is open to a panel, the rules of the phase `show` say
 * (docs/matching.md, "One decision, seven doors").
 */
export function isCarried(survey: Survey): boolean {
  return [survey.price, ...survey.quotas.flatMap(({ price }) => price ?? [])].every(({ currency }) =>
    CURRENCIES.has(currency),
  )
}
