import { allOf } from '../../targeting/verdict.js'
import type { SurveyRule } from '../rule.js'

/** All of the survey's own clauses must hold. The trace's `clauses` has each of them. */
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
