import { anyOf } from '../../targeting/verdict.js'
import type { SurveyRule } from '../rule.js'

/**
 * Applies where fitting a quota that is not open ends the session (PureSpectrum, `currently_open` 0; our own plans that
 * count a respondent in every quota that fits): refuses a panelist who fits one; one who may fit gets at best a maybe.
 * Our own plan, when its record was read, takes a slot of every quota that may fit, so it refuses those too.
 */
export const fullQuota = {
  name: 'full_quota',
  scope: 'survey',
  phases: ['match', 'book'],
  evaluate: ({ survey, profile, plan, quotas }) => {
    if (!survey.fullQuotaTerminates || profile === null) return null
    const shut = quotas.filter(({ open }) => !open)
    const belongs = anyOf(shut.map(({ fits }) => fits))
    const named = shut.filter(({ fits }) => fits !== 'no').map(({ quota }) => quota.quotaId)
    const refused = belongs === 'yes' || (belongs === 'maybe' && plan !== null)
    return {
      holds: refused ? 'no' : belongs === 'maybe' ? 'maybe' : 'yes',
      wanted: 'in no quota that is full or closed',
      given: named.length === 0 ? 'in none' : `in ${named.join(', ')}`,
    }
  },
} as const satisfies SurveyRule
