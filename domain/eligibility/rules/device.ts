import type { Survey } from '../../survey.js'
import { holdsIf, type SurveyRule } from '../rule.js'

/** A device that is not said restricts nothing. */
export const device = {
  name: 'device',
  scope: 'survey',
  phases: ['match', 'book'],
  evaluate: ({ survey, circumstances: { device: given } }) => ({
    holds: holdsIf(!restrictsDevices(survey) || given === null || (survey.devices?.includes(given) ?? true)),
    wanted: survey.devices?.join(', ') || 'any',
    given: given ?? 'not said',
  }),
} as const satisfies SurveyRule

/** An empty list names no device: a survey that nobody could open would not be in a feed. */
export function restrictsDevices(survey: Survey): boolean {
  return survey.devices !== null && survey.devices.length > 0
}
