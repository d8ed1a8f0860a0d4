import type { Knex } from '../../db/connect.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { notePending } from '../../db/stores/event-store.js'
import type { ArrivalProofs } from '../../db/stores/proof-store.js'
import { ownTransaction } from '../../db/stores/transaction-store.js'
import { keepUnplaced } from '../../db/stores/unplaced-store.js'
import { parseMoney } from '../../domain/money.js'
import { type Outcome, PENDING } from '../../domain/outcome.js'
import type { Logger } from '../../platform/logger.js'
import type { Verified } from '../../platform/verification/verifiers.js'
import type { MemberSurvey, OutcomeReport } from '../../providers/adapter.js'
import type { Upstream } from '../../providers/upstream.js'
import { connectionsOfAccount } from '../access/account.js'
import type { Connections } from '../access/usable-connections.js'
import { ArrivalRefused } from './arrival-refused.js'
import type { NewClaim, RecordedClaim } from './claim.js'
import { findWhom } from './find-whom.js'
import { recordClaim } from './record-claim.js'

export interface ArrivalDependencies extends Connections {
  readonly knex: Knex
  readonly clock: () => Date
  readonly logger: Pick<Logger, 'warn'>
}

/** An arrival that was verified and parsed by its adapter. */
export interface ProvenArrival {
  readonly route: 'return' | 'postback'
  readonly verified: Verified
  readonly report: OutcomeReport
  /** SHA-256 of its address and body in base64url: the fingerprint of an arrival without an id. */
  readonly hash: string
}

export interface Arrived {
  readonly session: SessionRow
  /** Null = the word decides nothing yet, so there is no claim. */
  readonly claim: RecordedClaim | null
}

/**
 * Finds the session of a proven arrival and commits its claim (docs/sessions.md). Idempotent by fingerprint. The caller
 * signals the session's workflow after the commit.
 * @returns null for an authentic arrival that belongs to none of our sessions
 * @throws ArrivalRefused
 */
export async function recordArrival(
  deps: ArrivalDependencies,
  upstream: Upstream,
  arrival: ProvenArrival,
): Promise<Arrived | null> {
  const { route, verified, report } = arrival
  const { connection } = upstream
  if (verified.unsigned && report.outcome === 'COMPLETED')
    throw new ArrivalRefused('refused', 'a complete must be signed')
  if (verified.unsigned && report.outcome === null && route === 'postback')
    throw new ArrivalRefused('refused', 'an unknown outcome word must be signed')
  const whom = await findWhom(deps, upstream, route, report)
  if (whom.kind === 'nobody') return null
  if (whom.kind === 'unplaced') {
    if (!verified.unsigned) await keepAside(deps, connection, whom.member, arrival)
    return null
  }
  const { session } = whom
  // redirect the browser with the session's current standing: its word is about an unknown survey, or unproven
  if (whom.kind === 'astray' || (verified.unsigned && report.outcome === null)) return { session, claim: null }
  holdToItsSession(report, session)
  const { outcome } = report
  if (outcome === PENDING) {
    await notePending(deps.knex, session.session_id, { route, word: storable(report.word) })
    return { session, claim: null }
  }
  await holdToItsTransaction(deps, connection, report, session)
  const { sentOnTo } = whom
  const claim = await recordClaim(
    deps.knex,
    session.session_id,
    {
      ...claimOf(arrival, outcome),
      proofs: proofsOf(deps, upstream, report, verified),
      flags: [...amountFlags(report, session), ...(sentOnTo === undefined ? [] : ['sent_on'])],
      ...(sentOnTo === undefined ? {} : { sentOnTo }),
    },
    deps.clock(),
  )
  if (claim === null) throw new ArrivalRefused('unknown', 'no such session')
  return { session: claim.session, claim }
}

/** Never books the amount that the provider reports; flags one that differs from the locked price. */
function amountFlags(report: OutcomeReport, session: SessionRow): string[] {
  if (report.amount === undefined || session.currency === null || session.cpi_minor === null) return []
  const said = parseMoney(report.amount, session.currency)
  return said.amountMinor === BigInt(session.cpi_minor) ? [] : ['amount_differs']
}

function holdToItsSession(report: OutcomeReport, session: SessionRow): void {
  const otherPanelist = report.panelistId !== undefined && report.panelistId !== session.provider_panelist_id
  const otherSurvey = report.providerSurveyId !== undefined && report.providerSurveyId !== session.provider_survey_id
  if (otherPanelist || otherSurvey) throw new ArrivalRefused('refused', 'the token is about another panelist or survey')
}

/** Refuses a provider transaction that came with another session before. */
async function holdToItsTransaction(
  deps: ArrivalDependencies,
  connection: string,
  { transactionId }: OutcomeReport,
  session: SessionRow,
): Promise<void> {
  if (transactionId === undefined) return
  const own = await ownTransaction(deps.knex, connection, transactionId, session.session_id, deps.clock())
  if (!own) throw new ArrivalRefused('refused', 'the transaction is about another session')
}

/**
 * The proofs that are valid for one session only: the token's id, and the fingerprint of its signatures where they sign
 * this arrival alone. None for an unproven arrival.
 */
function proofsOf(
  deps: ArrivalDependencies,
  upstream: Upstream,
  { uniqueId }: OutcomeReport,
  { grade, proof }: Verified,
): ArrivalProofs {
  const [first] = connectionsOfAccount(deps, upstream).sort()
  const keys =
    grade === 'E0'
      ? []
      : [...(uniqueId === undefined ? [] : [`jti:${uniqueId}`]), ...(proof === null ? [] : [`proof:${proof}`])]
  return { account: first ?? upstream.connection, keys }
}

/** Stores an arrival about a known member that fits none of their sessions, for operators to review. */
async function keepAside(
  deps: ArrivalDependencies,
  connection: string,
  { panelistId: memberCode, providerSurveyId }: MemberSurvey,
  { route, verified, hash: fingerprint }: ProvenArrival,
): Promise<void> {
  const raw = storable(JSON.stringify(verified.fields, bigintAsText))
  await keepUnplaced(deps.knex, { connection, route, fingerprint, memberCode, providerSurveyId, raw }, deps.clock())
  deps.logger.warn({ connection, route, survey: providerSurveyId }, 'arrival fits no session of its member')
}

function claimOf({ route, verified, report, hash }: ProvenArrival, outcome: Outcome | null): NewClaim {
  const unique = report.uniqueId ?? hash
  return {
    source: route,
    kind: report.kind,
    outcome,
    word: storable(report.word),
    grade: verified.grade,
    // the same token by browser and by server has two fingerprints: better evidence, not a repeat
    fingerprint: `${route}:${storable(unique)}`,
    raw: outcome === null ? JSON.stringify(verified.fields, bigintAsText) : null,
    ...(report.takesBack === undefined ? {} : { takesBack: report.takesBack }),
  }
}

/** Replaces NUL, which PostgreSQL cannot store, so that an authentic word is kept. */
const storable = (text: string): string => text.replaceAll('\0', '\u{fffd}')

const bigintAsText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
