import { holdsIf, type SurveyRule } from '../rule.js'

/**
 * Applies only to surveys for certain panels. For our own plan, when its record was read, these are the target panels;
 * `allocation` checks the cap of each.
 */
export const panel = {
  name: 'panel',
  scope: 'survey',
  phases: ['match', 'book', 'click', 'show'],
  evaluate: ({ survey, plan, panel: asking }) => {
    const panels = plan === null ? survey.panels : plan.plan.targetPanels
    if (panels === undefined) return null
    const holds = holdsIf(asking === null || panels.includes(asking.id))
    return { holds, wanted: 'a panel that it is open to', given: asking?.id ?? 'unknown' }
  },
} as const satisfies SurveyRule
