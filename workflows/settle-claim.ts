import { setCurrentDetails } from '@temporalio/workflow'
import type { ClaimInput, PostbackInput } from './messages/session.js'
import { deliveries, outcomeRecords } from './proxies.js'
import { claimDetails } from './session-details.js'
import { showSession } from './visibility.js'

const { recordOutcome } = outcomeRecords('apply the late claim')
const { deliverPostback: deliver } = deliveries()

/**
 * A claim on a session whose workflow has ended: a late outcome, a reversal, or a claim that was not applied. Its
 * meaning was decided when it was stored; this workflow posts it to the ledger and notifies the panel. Its id is
 * `claim:<claim id>`.
 */
export async function settleClaim(input: ClaimInput): Promise<void> {
  const recorded = await recordOutcome(input.sessionId)
  showSession({
    state: 'adjusted',
    outcome: recorded.outcome,
    needsReview: recorded.needsReview,
    connection: recorded.connection,
    panel: recorded.panel,
    session: input.sessionId,
  })
  setCurrentDetails(claimDetails(recorded, input))
  await Promise.all(recorded.postbackIds.map((postbackId) => deliver(postbackId).catch(() => undefined)))
}

/**
 * Delivers one message to a panel again: the panel requested it, or a crash abandoned it. Its id is
 * `postback:<id>:<n>`.
 */
export async function deliverPostback(input: PostbackInput): Promise<void> {
  await deliver(input.postbackId)
}
