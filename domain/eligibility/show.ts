import type { Survey, SurveyStatus } from '../survey.js'
import { decide } from './decide.js'
import { type ConnectionFacts, NO_CIRCUMSTANCES, NO_FIGURES, NOBODY } from './facts.js'
import type { RuleName } from './rules.js'

/** The rules of the phase `show`. */
export type ShownRule = Extract<
  RuleName,
  'connection' | 'fresh' | 'status' | 'enterable' | 'panel' | 'finish_date' | 'invitation'
>

/** What a panel is told of a survey, whoever they would send. */
export interface Shown {
  readonly surveyId: string
  readonly survey: Survey
  readonly status: SurveyStatus
  readonly connection: ConnectionFacts
  /** The panel's id. */
  readonly panel: string
  readonly now: Date
}

/** The rules by which a survey does not take people of a panel now, in the list's order; none = it does. */
export function whyNotShownOpen({ panel, ...shown }: Shown): ShownRule[] {
  const { trace } = decide(
    {
      ...shown,
      panel: { id: panel, caps: null },
      panelist: NOBODY,
      circumstances: NO_CIRCUMSTANCES,
      profile: null,
      figures: NO_FIGURES,
      plan: null,
      quota: { kind: 'these', quotaIds: [] },
    },
    'show',
  )
  return trace.rules.flatMap(({ rule, holds }) => (holds === 'no' && isShown(rule) ? [rule] : []))
}

const SHOWN: ReadonlySet<RuleName> = new Set<ShownRule>([
  'connection',
  'fresh',
  'status',
  'enterable',
  'panel',
  'finish_date',
  'invitation',
])
const isShown = (rule: RuleName): rule is ShownRule => SHOWN.has(rule)
