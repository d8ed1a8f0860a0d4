import { proxyActivities, setCurrentDetails } from '@temporalio/workflow'
import type { PostbackActivities } from '../activities/postbacks.js'
import type { SessionActivities } from '../activities/sessions.js'
import type { ClaimInput, PostbackInput } from './messages/session.js'
import { claimDetails } from './session-details.js'
import { showSession } from './visibility.js'

const { recordOutcome } = proxyActivities<SessionActivities>({
  summary: 'apply the late claim',
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
})

const { deliverPostback: deliver } = proxyActivities<PostbackActivities>({
  taskQueue: 'postbacks',
  summary: 'tell the panel',
  startToCloseTimeout: '45s',
  heartbeatTimeout: '6s',
  retry: { initialInterval: '5s', maximumInterval: '10h', backoffCoefficient: 4 },
})

/**
 * News about a session whose workflow has ended: a late outcome, a reversal, a claim nobody applied. What it means was
 * decided when it was stored; here it reaches the ledger and the panel. Its id is `claim:<claim id>`.
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

/** One message to a panel once more: asked for by the panel, or left behind by a crash. Its id is `postback:<id>:<n>`. */
export async function deliverPostback(input: PostbackInput): Promise<void> {
  await deliver(input.postbackId)
}
