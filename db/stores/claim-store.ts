import type { Grade, Outcome } from '../../domain/outcome.js'
import type { ClaimSource, Effect, Standing } from '../../domain/session.js'
import type { Knex } from '../connect.js'

/** The columns of `outcome_claims` that applying a claim needs. */
export interface ClaimRow {
  readonly claim_id: string
  readonly sequence: number
  readonly outcome: Outcome
  readonly word: string
  readonly source: ClaimSource
  readonly effect: Effect
  /** The session's standing after this claim. */
  readonly standing: Standing
  readonly received_at: Date
}

export interface NewClaimRow {
  readonly sessionId: string
  /** Its number among the session's claims, from 1. */
  readonly sequence: number
  readonly source: ClaimSource
  readonly kind: 'outcome' | 'reversal'
  readonly fingerprint: string
  readonly outcome: Outcome
  readonly word: string
  readonly grade: Grade
  readonly effect: Effect
  readonly standing: Standing
  readonly flags: readonly string[]
  readonly raw: string | null
  readonly receivedAt: Date
  /** Null = a workflow has to apply it. */
  readonly appliedAt: Date | null
}

/** The effects of claims that do not change the session. */
const WITHOUT_CHANGE: readonly Effect[] = ['repeat', 'review']

/** Whether this arrival came before, and whether the session has a slot of a plan; in one statement. */
export async function readBefore(
  trx: Knex,
  sessionId: string,
  fingerprint: string,
): Promise<{ repeated: boolean; takesSlot: boolean }> {
  const { rows } = (await trx.raw(
    `select exists (select from outcome_claims where session_id = :sessionId and fingerprint = :fingerprint) as repeated,
            exists (select from plan_sessions where session_id = :sessionId) as "takesSlot"`,
    { sessionId, fingerprint },
  )) as { rows: { repeated: boolean; takesSlot: boolean }[] }
  return rows[0] ?? { repeated: false, takesSlot: false }
}

/** @returns the claim's id; null = the session already has a claim with its fingerprint */
export async function insertClaimRow(trx: Knex, claim: NewClaimRow): Promise<string | null> {
  const { rows } = (await trx.raw(
    `insert into outcome_claims (session_id, sequence, source, kind, fingerprint, outcome, word, grade, effect, standing,
                                 flags, raw, received_at, applied_at)
     values (:sessionId, :sequence, :source, :kind, :fingerprint, :outcome, :word, :grade, :effect, :standing::jsonb,
             :flags::text[], :raw, :receivedAt, :appliedAt)
     on conflict (session_id, fingerprint) do nothing returning claim_id`,
    { ...claim, standing: JSON.stringify(claim.standing), flags: [...claim.flags] },
  )) as { rows: { claim_id: string }[] }
  return rows[0]?.claim_id ?? null
}

/** The provider's word of the last claim that changed the session; null = none. */
export async function findCurrentWord(trx: Knex, sessionId: string): Promise<string | null> {
  const row = await trx('outcome_claims')
    .where({ session_id: sessionId })
    .whereNotIn('effect', [...WITHOUT_CHANGE])
    .orderBy('sequence', 'desc')
    .first('word')
  return row?.word ?? null
}

/** The outcome of a session's first claim with one of the sources and one of the grades; null = none. */
export async function findFirstOutcome(
  trx: Knex,
  sessionId: string,
  from: { readonly sources: readonly ClaimSource[]; readonly grades: readonly Grade[] },
): Promise<Outcome | null> {
  const found = await trx('outcome_claims')
    .where({ session_id: sessionId })
    .whereIn('source', [...from.sources])
    .whereIn('grade', [...from.grades])
    .orderBy('sequence')
    .first('outcome')
  return found?.outcome ?? null
}

/** The session's claims that are not applied yet, in order. */
export async function findUnappliedClaims(trx: Knex, sessionId: string): Promise<ClaimRow[]> {
  return trx('outcome_claims').where({ session_id: sessionId }).whereNull('applied_at').orderBy('sequence')
}

/** The standing after the last claim before `sequence` that changed the session; null = none. */
export async function findStandingBefore(trx: Knex, sessionId: string, sequence: number): Promise<Standing | null> {
  const before = await trx('outcome_claims')
    .where({ session_id: sessionId })
    .where('sequence', '<', sequence)
    .whereNotIn('effect', [...WITHOUT_CHANGE])
    .orderBy('sequence', 'desc')
    .first('standing')
  return before?.standing ?? null
}

export async function markClaimsApplied(trx: Knex, claimIds: readonly string[], now: Date): Promise<void> {
  await trx('outcome_claims')
    .whereIn('claim_id', [...claimIds])
    .update({ applied_at: now })
}

export interface PendingClaim {
  readonly claimId: string
  readonly sessionId: string
}

/** Claims received before a time and not applied yet, oldest first; for the janitor. */
export async function findPendingClaims(knex: Knex, olderThan: Date, limit: number): Promise<PendingClaim[]> {
  const rows = await knex('outcome_claims')
    .whereNull('applied_at')
    .where('received_at', '<', olderThan)
    .orderBy('received_at')
    .limit(limit)
    .select('claim_id', 'session_id')
  return rows.map((row) => ({ claimId: row.claim_id, sessionId: row.session_id }))
}
