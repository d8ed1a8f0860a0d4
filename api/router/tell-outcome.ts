import type { RecordedClaim } from '../../commands/sessions/claim.js'
import { type PlatformOutcome, recordPlatformOutcome } from '../../commands/sessions/record-platform-outcome.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import { failpoint } from '../../platform/failpoints.js'
import type { ApiDependencies } from '../dependencies.js'

/**
 * Commits the outcome that a survey reports for a session, before any answer. The signal to the session's workflow is
 * best effort, because the janitor sends it again.
 * @returns null for an unknown session
 */
export async function tellOutcome(
  deps: ApiDependencies,
  sessionId: string,
  told: PlatformOutcome,
): Promise<RecordedClaim | null> {
  const claim = await recordPlatformOutcome(deps.knex, sessionId, told, deps.clock())
  if (claim === null) return null
  failpoint('outcome.after_claim')
  if (claim.pending) deps.sessions.arrived(sessionId, claim.claimId)
  failpoint('outcome.after_signal')
  const { source: route, outcome } = told
  const { effect, replayed } = claim
  deps.logger.info({ connection: GATEWAY, session: sessionId, route, effect, outcome, replayed }, 'arrival')
  return claim
}
