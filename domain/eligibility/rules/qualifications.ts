import { allOf } from '../../targeting/verdict.js'
import type { SurveyRule } from '../rule.js'

/** The survey's own clauses, all of which must hold. Each of them is in the trace's `clauses`. */
export const qualifications = {
  name: 'qualifications',
  scope: 'survey',
  phases: ['match', 'book'],
  evaluate: ({ clauses, profile }) => {
    const broken = clauses.filter(({ verdict }) => verdict === 'no').map(({ clause }) => clause.attribute)
    const missing = broken.filter((attribute) => (profile?.get(attribute)?.values ?? []).length === 0)
    return {
      holds: allOf(clauses.map(({ verdict }) => verdict)),
      wanted: 'every qualification',
      given: broken.length === 0 ? 'none broken' : `${[...new Set(broken)].join(', ')} broken`,
      ...(missing.length === 0 ? {} : { missing: [...new Set(missing)] }),
    }
  },
} as const satisfies SurveyRule
