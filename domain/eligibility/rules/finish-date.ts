import type { Survey } from '../../survey.js'
import { holdsIf, type SurveyRule } from '../rule.js'

/** No entries from the finish date on; an unreadable date counts as past. */
export const finishDate = {
  name: 'finish_date',
  scope: 'survey',
  phases: ['match', 'book', 'click', 'show'],
  evaluate: ({ survey, now }) => ({
    holds: holdsIf(now.getTime() < finishTime(survey)),
    wanted: survey.finishAt === null ? 'any time' : `before ${survey.finishAt}`,
    given: now.toISOString(),
  }),
} as const satisfies SurveyRule

/** When offering ends, in epoch milliseconds; Infinity = never. An unreadable time counts as past. */
export function finishTime(survey: Pick<Survey, 'finishAt'>): number {
  if (survey.finishAt === null) return Number.POSITIVE_INFINITY
  const time = Date.parse(survey.finishAt)
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}
