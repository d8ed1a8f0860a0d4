import { createHash } from 'node:crypto'

/**
 * Our id of a provider's survey: the same survey on two connections has two, and it is the same after a new start or in
 * another database. A NUL separates the parts, which neither of them may hold.
 */
export function surveyIdOf(connection: string, providerSurveyId: string): string {
  const digest = createHash('sha256').update(`${connection}\0${providerSurveyId}`).digest('hex')
  return `sv_${digest.slice(0, 24)}`
}
