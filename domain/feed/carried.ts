import type { Survey } from '../survey.js'

/** Currencies that the gateway has a word for (seed 000, Pricing). */
const CURRENCIES: ReadonlySet<string> = new Set(['USD', 'GBP', 'AUD', 'CAD', 'EUR'])

/**
 * Whether the feed can carry a survey at all (contract §5): not one that only invited people may enter, not one in
 * another currency, not one that nobody can be sent into.
 */
export function isCarried(survey: Survey): boolean {
  if (survey.membersOnly === true || !survey.enterable) return false
  return [survey.price, ...survey.quotas.flatMap(({ price }) => price ?? [])].every(({ currency }) =>
    CURRENCIES.has(currency),
  )
}
