import type { Survey } from '../../survey.js'
import { holdsIf, type SurveyRule } from '../rule.js'

/** An unknown device restricts nothing. */
export const device = {
  name: 'device',
  scope: 'survey',
  phases: ['match', 'book'],
  evaluate: ({ survey, circumstances: { device: given } }) => ({
    holds: holdsIf(!restrictsDevices(survey) || given === null || (survey.devices?.includes(given) ?? true)),
    wanted: survey.devices?.join(', ') || 'any',
    given: given ?? 'unknown',
  }),
} as const satisfies SurveyRule

/** An empty list restricts nothing, because a feed has no surveys for no device. */
export function restrictsDevices(survey: Survey): boolean {
  return survey.devices !== null && survey.devices.length > 0
}
