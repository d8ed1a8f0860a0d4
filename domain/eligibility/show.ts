import type { Survey, SurveyStatus } from '../survey.js'
import { decide } from './decide.js'
import { type ConnectionFacts, NO_CIRCUMSTANCES, NO_FIGURES, NOBODY } from './facts.js'
import type { RuleName } from './rules.js'

/** The rules of the phase `show`. */
export type ShownRule = Extract<
  RuleName,
  'connection' | 'fresh' | 'status' | 'enterable' | 'panel' | 'finish_date' | 'invitation'
>

/** A survey as shown to a panel, without a panelist. */
export interface Shown {
  readonly surveyId: string
  readonly survey: Survey
  readonly status: SurveyStatus
  readonly connection: ConnectionFacts
  /** The panel's id. */
  readonly panel: string
  readonly now: Date
}

/** The rules that close a survey to a panel now, in the list's order; empty = open. */
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
