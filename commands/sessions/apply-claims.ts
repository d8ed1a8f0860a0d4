import type { Knex } from '../../db/connect.js'
import { completionDeadline, panelClaims, type SessionRow, standingOf } from '../../db/rows/session-row.js'
import {
  type ClaimRow,
  findStandingBefore,
  findUnappliedClaims,
  markClaimsApplied,
} from '../../db/stores/claim-store.js'
import { readPublicAddress } from '../../db/stores/key-store.js'
import { enqueuePostback, findPendingPostbackIds } from '../../db/stores/postback-store.js'
import { insertSessionAdjustment } from '../../db/stores/session-adjustment-store.js'
import { insertSessionOutcome } from '../../db/stores/session-outcome-store.js'
import { lockSession, updatePostbackCount } from '../../db/stores/session-store.js'
import type { Outcome } from '../../domain/outcome.js'
import type { Effect } from '../../domain/session.js'
import { failpoint } from '../../platform/failpoints.js'
import { postComplete, postReversal } from '../finance/post.js'

export interface AppliedClaims {
  readonly session: SessionRow
  /** The session's pending messages in the outbox, of this call and of earlier ones. */
  readonly postbackIds: readonly string[]
  /** Until when a provisional complete waits for better evidence. */
  readonly evidenceDeadline: Date | null
}

/**
 * Applies a session's claims in order, once each, in one transaction: writes the terminal outcome, adjustments, the
 * ledger and the panel's outbox. Idempotent. A message has its sender and receiver as `iss` and `aud`
 * (docs/sessions.md, What you receive).
 * @param notifies whether the session's panel takes postbacks
 */
export async function applyClaims(
  knex: Knex,
  sessionId: string,
  notifies: (panel: string) => boolean,
  now: Date,
  ownedUntil: Date,
): Promise<AppliedClaims | null> {
  return knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    const claims = await findUnappliedClaims(trx, sessionId)
    let postbackCount = row.postback_count
    const from = { iss: claims.length === 0 ? null : await readPublicAddress(trx), aud: row.panel }
    let previous = await lastAppliedOutcome(trx, row, claims)
    for (const claim of claims) {
      await writeOutcome(trx, row, claim, previous, now)
      await writeLedger(trx, row, claim, now)
      if (tellsThePanel(claim.effect) && row.announced && notifies(row.panel)) {
        postbackCount += 1
        await enqueuePostback(trx, {
          sessionId,
          panel: row.panel,
          type: claim.effect === 'finish' ? 'session.outcome' : 'session.adjusted',
          sequence: postbackCount,
          claimId: claim.claim_id,
          payload: {
            type: claim.effect === 'finish' ? 'session.outcome' : 'session.adjusted',
            timestamp: claim.received_at.toISOString(),
            data: { ...from, ...panelClaims(row, claim.standing), sequence: postbackCount },
          },
          ownedUntil,
        })
      }
      if (claim.effect !== 'review' && claim.effect !== 'repeat') previous = claim.standing.outcome ?? previous
    }
    if (claims.length > 0) {
      await markClaimsApplied(
        trx,
        claims.map((claim) => claim.claim_id),
        now,
      )
      await updatePostbackCount(trx, sessionId, postbackCount, now)
    }
    failpoint('outcome.in_txn')
    return {
      session: row,
      postbackIds: await findPendingPostbackIds(trx, sessionId),
      evidenceDeadline: standingOf(row).provisional ? completionDeadline(row) : null,
    }
  })
}

const tellsThePanel = (effect: Effect): boolean => effect !== 'repeat' && effect !== 'review'

/** The outcome before the first pending claim. */
async function lastAppliedOutcome(trx: Knex, row: SessionRow, pending: readonly ClaimRow[]): Promise<Outcome> {
  const first = pending[0]
  if (first === undefined || first.sequence === 1) return row.outcome ?? 'ERROR'
  return (await findStandingBefore(trx, row.session_id, first.sequence))?.outcome ?? 'ERROR'
}

async function writeOutcome(trx: Knex, row: SessionRow, claim: ClaimRow, previous: Outcome, now: Date): Promise<void> {
  const { standing } = claim
  if (claim.effect === 'finish') {
    await insertSessionOutcome(trx, {
      sessionId: row.session_id,
      claimId: claim.claim_id,
      outcome: standing.outcome,
      grade: standing.grade,
      provisional: standing.provisional,
      payable: standing.payable,
      decidedAt: claim.received_at,
    })
  } else if (claim.effect !== 'repeat' && claim.effect !== 'review') {
    await insertSessionAdjustment(trx, {
      claimId: claim.claim_id,
      sessionId: row.session_id,
      effect: claim.effect,
      fromOutcome: previous,
      toOutcome: standing.outcome,
      adjustedAt: now,
    })
  }
}

async function writeLedger(trx: Knex, row: SessionRow, claim: ClaimRow, now: Date): Promise<void> {
  const reason = `${claim.source} ${claim.word}`
  if (claim.effect === 'reverse') await postReversal(trx, row.session_id, claim.claim_id, reason, now)
  else if (claim.effect !== 'repeat' && claim.effect !== 'review' && claim.standing.payable) {
    await postComplete(trx, row, claim.claim_id, reason, now)
  }
}
