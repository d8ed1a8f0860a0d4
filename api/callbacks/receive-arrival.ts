import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { type NewClaim, type RecordedClaim, recordClaim } from '../../db/stores/claim-store.js'
import { notePending } from '../../db/stores/event-store.js'
import type { ArrivalProofs } from '../../db/stores/proof-store.js'
import type { SessionRow } from '../../db/stores/session-row.js'
import { ownTransaction } from '../../db/stores/transaction-store.js'
import { keepUnplaced } from '../../db/stores/unplaced-store.js'
import { parseMoney } from '../../domain/money.js'
import { type Outcome, PENDING } from '../../domain/outcome.js'
import { failpoint } from '../../platform/failpoints.js'
import { VerificationError } from '../../platform/verification/verification-error.js'
import type { Verified } from '../../platform/verification/verifiers.js'
import type { MemberSurvey, OutcomeReport } from '../../providers/adapter.js'
import { ProviderError } from '../../providers/errors.js'
import type { Upstream } from '../../providers/upstream.js'
import type { ApiDependencies } from '../dependencies.js'
import { connectionsOfAccount } from './account.js'
import { readArrivalBody, refuseLargeBody } from './arrival-body.js'
import { ArrivalRefused } from './arrival-refused.js'
import { arrivalRoute } from './arrival-route.js'
import { findWhom } from './find-session.js'
import { receiveQuotaNews } from './receive-quota-news.js'

export interface Arrived {
  readonly session: SessionRow
  /** Null = the word decides nothing yet, so nothing was claimed. */
  readonly claim: RecordedClaim | null
}

/**
 * Believes an arrival or refuses it, finds its session and commits its claim. Only then is anything answered; telling
 * the session's workflow is best effort, for the janitor tells it again.
 * @param name the part of a postback route after the connection, '' where there is none
 * @returns null for an authentic arrival about something or somebody that is no session of ours
 * @throws ArrivalRefused
 */
export async function receiveArrival(
  deps: ApiDependencies,
  request: Request,
  route: 'return' | 'postback',
  name: string,
): Promise<Arrived | null> {
  const connection = String(request.params.connection)
  const configured = arrivalRoute(deps.findUpstream(connection), route, name, request.method)
  if (configured === null) throw new ArrivalRefused(404, 'nothing is expected at this address')
  const { verified, rawBody } = await believe(deps, configured.arrival, request, route)
  const { adapter, config } = configured.upstream
  const arrival = { route, name, fields: verified.fields, unsigned: verified.unsigned }
  const news = read(() => adapter.quotas?.readNews(config, arrival) ?? null)
  if (news !== null) {
    await receiveQuotaNews(deps, configured.upstream, news)
    return null
  }
  const report = read(() => configured.arrivals.read(config, arrival))
  if (verified.unsigned && report.outcome === 'COMPLETED') throw new ArrivalRefused(400, 'a complete must be signed')
  if (verified.unsigned && report.outcome === null && route === 'postback')
    throw new ArrivalRefused(400, 'a word that is not known must be signed')
  const whom = await findWhom(deps, configured.upstream, route, report)
  if (whom.kind === 'nobody') return null
  if (whom.kind === 'unplaced') {
    if (!verified.unsigned)
      await keepAside(deps, connection, route, whom.member, verified, arrivalHash(request, rawBody))
    return null
  }
  const { session } = whom
  // the browser gets home as the session stands: what it says is about a survey that nobody sent it to, or unproven
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
      ...claimOf({ ...report, outcome }, verified, arrivalHash(request, rawBody), route),
      proofs: proofsOf(deps, configured.upstream, report, verified),
      flags: [...amountFlags(report, session), ...(sentOnTo === undefined ? [] : ['sent_on'])],
      ...(sentOnTo === undefined ? {} : { sentOnTo }),
    },
    deps.clock(),
  )
  if (claim === null) throw new ArrivalRefused(404, 'no such session')
  failpoint('outcome.after_claim')
  if (claim.pending) deps.sessions.arrived(session.session_id, claim.claimId)
  failpoint('outcome.after_signal')
  deps.logger.info(
    {
      connection,
      session: session.session_id,
      route,
      effect: claim.effect,
      outcome: report.outcome,
      replayed: claim.replayed,
    },
    'arrival',
  )
  return { session: claim.session, claim }
}

/** Proves an arrival. The body's bytes are none where they were not needed: what is outside of it says all. */
async function believe(
  deps: ApiDependencies,
  arrival: Parameters<ApiDependencies['verifiers']['verify']>[0],
  request: Request,
  route: 'return' | 'postback',
): Promise<{ verified: Verified; rawBody: Buffer }> {
  let rawBody: Buffer = Buffer.alloc(0)
  try {
    refuseLargeBody(request)
    const verified = await deps.verifiers.verify(arrival, {
      method: request.method,
      rawUrl: request.originalUrl,
      headers: request.headers,
      readBody: async () => {
        rawBody = await readArrivalBody(request)
        return rawBody
      },
      contentType: request.headers['content-type'],
      route,
    })
    return { verified, rawBody }
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    deps.logger.warn(
      { connection: request.params.connection, route, kind: error.kind, reason: error.message },
      'arrival refused',
    )
    throw new ArrivalRefused(error.kind === 'unavailable' ? 503 : 400, error.message)
  }
}

function read<Read>(work: () => Read): Read {
  try {
    return work()
  } catch (error) {
    if (error instanceof ProviderError) throw new ArrivalRefused(400, error.message)
    throw error
  }
}

/** What the provider says it pays is never booked; where it is not what was locked, somebody may want to know. */
function amountFlags(report: OutcomeReport, session: SessionRow): string[] {
  if (report.amount === undefined || session.currency === null || session.cpi_minor === null) return []
  const said = parseMoney(report.amount, session.currency)
  return said.amountMinor === BigInt(session.cpi_minor) ? [] : ['amount_differs']
}

function holdToItsSession(report: OutcomeReport, session: SessionRow): void {
  const otherPanelist = report.panelistId !== undefined && report.panelistId !== session.provider_panelist_id
  const otherSurvey = report.providerSurveyId !== undefined && report.providerSurveyId !== session.provider_survey_id
  if (otherPanelist || otherSurvey) throw new ArrivalRefused(400, 'the token is about another panelist or survey')
}

/** A transaction of the provider's is about one session, whatever a later copy of it says (contract §3). */
async function holdToItsTransaction(
  deps: ApiDependencies,
  connection: string,
  { transactionId }: OutcomeReport,
  session: SessionRow,
): Promise<void> {
  if (transactionId === undefined) return
  const own = await ownTransaction(deps.knex, connection, transactionId, session.session_id, deps.clock())
  if (!own) throw new ArrivalRefused(400, 'the transaction is about another session')
}

const arrivalHash = (request: Request, rawBody: Buffer): string =>
  createHash('sha256').update(request.originalUrl).update('\0').update(rawBody).digest('base64url')

/**
 * What proves an arrival once and for one session only: the token's id, and the fingerprint of its signatures where they
 * are of this arrival alone. Where nothing is proven there is nothing to own.
 */
function proofsOf(
  deps: ApiDependencies,
  upstream: Upstream,
  { uniqueId }: OutcomeReport,
  { grade, proof }: Verified & { readonly proof?: string | null },
): ArrivalProofs {
  const [first] = connectionsOfAccount(deps, upstream).sort()
  const keys =
    grade === 'E0'
      ? []
      : [...(uniqueId === undefined ? [] : [`jti:${uniqueId}`]), ...(proof == null ? [] : [`proof:${proof}`])]
  return { account: first ?? upstream.connection, keys }
}

/** News about a member of ours that fits none of their sessions: kept for somebody to look at, and shown. */
async function keepAside(
  deps: ApiDependencies,
  connection: string,
  route: 'return' | 'postback',
  { panelistId, providerSurveyId }: MemberSurvey,
  verified: Verified,
  fingerprint: string,
): Promise<void> {
  const raw = storable(JSON.stringify(verified.fields, bigintAsText))
  await keepUnplaced(
    deps.knex,
    { connection, route, fingerprint, memberCode: panelistId, providerSurveyId, raw },
    deps.clock(),
  )
  deps.logger.warn({ connection, route, survey: providerSurveyId }, 'an arrival fits no session of its member')
}

function claimOf(
  report: OutcomeReport & { readonly outcome: Outcome | null },
  verified: Verified,
  hash: string,
  route: 'return' | 'postback',
): NewClaim {
  const unique = report.uniqueId ?? hash
  return {
    source: route,
    kind: report.kind,
    outcome: report.outcome,
    word: storable(report.word),
    grade: verified.grade,
    // the same token by browser and by server is one word of better evidence, not a repeat
    fingerprint: `${route}:${storable(unique)}`,
    raw: report.outcome === null ? JSON.stringify(verified.fields, bigintAsText) : null,
    ...(report.takesBack === undefined ? {} : { takesBack: report.takesBack }),
  }
}

/** PostgreSQL stores no NUL; an authentic word is kept all the same. */
const storable = (text: string): string => text.replaceAll('\0', '\u{fffd}')

const bigintAsText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
