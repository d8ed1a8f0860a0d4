import { holdsIf, type SurveyRule } from '../rule.js'

/**
 * Only where a survey is for certain panels: other surveys do not show the rule. A plan of our own whose record is known
 * is for the panels that its buyer names; what each of them may take is counted by `allocation`.
 */
export const panel = {
  name: 'panel',
  scope: 'survey',
  phases: ['match', 'book', 'click', 'show'],
  evaluate: ({ survey, plan, panel: asking }) => {
    const panels = plan === null ? survey.panels : plan.plan.targetPanels
    if (panels === undefined) return null
    const holds = holdsIf(asking === null || panels.includes(asking.id))
    return { holds, wanted: 'a panel that it is open to', given: asking?.id ?? 'not said' }
  },
} as const satisfies SurveyRule
