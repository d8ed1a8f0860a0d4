import { createHash } from 'node:crypto'

/**
 * Our id of a provider's survey: a hash of connection and provider survey id, and so stable across restarts and
 * databases. The separator is NUL, which neither part may contain.
 */
export function surveyIdOf(connection: string, providerSurveyId: string): string {
  const digest = createHash('sha256').update(`${connection}\0${providerSurveyId}`).digest('hex')
  return `sv_${digest.slice(0, 24)}`
}
