import type { Effect, Standing } from '../../domain/session.js'
import { failpoint } from '../../platform/failpoints.js'
import type { Knex } from '../connect.js'
import { readPublicAddress } from './key-store.js'
import { postComplete, postReversal } from './ledger-store.js'
import { enqueuePostback } from './postback-store.js'
import { completionDeadline, panelClaims, type SessionRow, standingOf } from './session-row.js'
import { lockSession } from './session-store.js'

interface ClaimRow {
  claim_id: string
  sequence: number
  outcome: string
  word: string
  source: string
  effect: Effect
  standing: Standing
  received_at: Date
}

export interface AppliedClaims {
  readonly session: SessionRow
  /** Messages put into the outbox by this call and by earlier ones whose delivery is still pending. */
  readonly postbackIds: readonly string[]
  /** Until when better evidence for a provisional complete is awaited. */
  readonly evidenceDeadline: Date | null
}

/**
 * Does what a session's claims ask for, in their order and once each: the one terminal outcome, adjustments, the ledger,
 * the panel's outbox - one transaction. Safe to repeat. A message says who sends it to whom (docs/sessions.md, What you receive).
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
    const claims: ClaimRow[] = await trx('outcome_claims')
      .where({ session_id: sessionId })
      .whereNull('applied_at')
      .orderBy('sequence')
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
      await trx('outcome_claims')
        .whereIn(
          'claim_id',
          claims.map((claim) => claim.claim_id),
        )
        .update({ applied_at: now })
      await trx('sessions')
        .where({ session_id: sessionId })
        .update({
          postback_count: postbackCount,
          workflow_started_at: trx.raw('coalesce(workflow_started_at, ?)', [now]),
        })
    }
    failpoint('outcome.in_txn')
    const pending = await trx('postbacks')
      .where({ session_id: sessionId, state: 'pending' })
      .orderBy('sequence')
      .select('postback_id')
    return {
      session: row,
      postbackIds: pending.map((postback) => postback.postback_id as string),
      evidenceDeadline: standingOf(row).provisional ? completionDeadline(row) : null,
    }
  })
}

const tellsThePanel = (effect: Effect): boolean => effect !== 'repeat' && effect !== 'review'

async function lastAppliedOutcome(trx: Knex, row: SessionRow, pending: readonly ClaimRow[]): Promise<string> {
  const first = pending[0]
  if (first === undefined || first.sequence === 1) return row.outcome ?? 'ERROR'
  const before = await trx('outcome_claims')
    .where({ session_id: row.session_id })
    .where('sequence', '<', first.sequence)
    .whereNotIn('effect', ['repeat', 'review'])
    .orderBy('sequence', 'desc')
    .first('standing')
  return (before?.standing as Standing | undefined)?.outcome ?? 'ERROR'
}

async function writeOutcome(trx: Knex, row: SessionRow, claim: ClaimRow, previous: string, now: Date): Promise<void> {
  const { standing } = claim
  if (claim.effect === 'finish') {
    await trx('session_outcomes').insert({
      session_id: row.session_id,
      claim_id: claim.claim_id,
      outcome: standing.outcome,
      grade: standing.grade,
      provisional: standing.provisional,
      payable: standing.payable,
      decided_at: claim.received_at,
    })
  } else if (claim.effect !== 'repeat' && claim.effect !== 'review') {
    await trx('session_adjustments').insert({
      claim_id: claim.claim_id,
      session_id: row.session_id,
      effect: claim.effect,
      from_outcome: previous,
      to_outcome: standing.outcome,
      adjusted_at: now,
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
