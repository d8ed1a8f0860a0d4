import { excludedByGroup } from '../../grouping.js'
import { holdsIf, type SurveyRule } from '../rule.js'

/** A panelist takes at most one survey of a group within `exclusionDays` (PureSpectrum, `survey_grouping`). */
export const group = {
  name: 'group',
  scope: 'panelist',
  phases: ['match', 'book'],
  evaluate: ({ connection, survey, panelist, now }) => {
    const other = excludedByGroup(connection.id, survey.providerSurveyId, survey, panelist.taken, now)
    return {
      holds: holdsIf(other === null),
      wanted: survey.grouping ? `none of its group within ${survey.grouping.exclusionDays} days` : 'no group',
      given: other === null ? 'none' : `${other} taken`,
    }
  },
} as const satisfies SurveyRule
