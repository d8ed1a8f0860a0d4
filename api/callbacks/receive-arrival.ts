import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { type NewClaim, type RecordedClaim, recordClaim } from '../../db/stores/claim-store.js'
import type { SessionRow } from '../../db/stores/session-row.js'
import { findSession, findSessionByProviderId, findSessionOfMember } from '../../db/stores/session-store.js'
import { ownTransaction } from '../../db/stores/transaction-store.js'
import { parseMoney } from '../../domain/money.js'
import { type Outcome, PENDING } from '../../domain/outcome.js'
import { failpoint } from '../../platform/failpoints.js'
import { VerificationError } from '../../platform/verification/verification-error.js'
import type { Verified } from '../../platform/verification/verifiers.js'
import type { OutcomeReport } from '../../providers/adapter.js'
import { ProviderError } from '../../providers/errors.js'
import type { Upstream } from '../../providers/upstream.js'
import type { ApiDependencies } from '../dependencies.js'
import { connectionsOfAccount } from './account.js'
import { readArrivalBody, refuseLargeBody } from './arrival-body.js'
import { arrivalRoute } from './arrival-route.js'
import { receiveQuotaNews } from './receive-quota-news.js'

/** An arrival that changes nothing. The reason is for the provider's log; it tells nothing about anybody's session. */
export class ArrivalRefused extends Error {
  override readonly name = 'ArrivalRefused'
  constructor(
    readonly status: 400 | 404 | 503,
    reason: string,
  ) {
    super(reason)
  }
}

export interface Arrived {
  readonly session: SessionRow
  /** Null = the word decides nothing yet, so nothing was claimed. */
  readonly claim: RecordedClaim | null
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

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
  const news = read(() => adapter.readQuotaNews?.(config, arrival) ?? null)
  if (news !== null) {
    await receiveQuotaNews(deps, configured.upstream, news)
    return null
  }
  const report = read(() => adapter.readArrival(config, arrival))
  if (verified.unsigned && (report.outcome === 'COMPLETED' || report.outcome === null)) {
    throw new ArrivalRefused(400, 'a complete must be signed')
  }
  const session = await correlate(deps, configured.upstream, route, report)
  if (session === null) return null
  holdToItsSession(report, session)
  const { outcome } = report
  if (outcome === PENDING) return { session, claim: null }
  await holdToItsTransaction(deps, connection, report, session)
  const claim = await recordClaim(
    deps.knex,
    session.session_id,
    { ...claimOf({ ...report, outcome }, verified, request, rawBody, route), flags: amountFlags(report, session) },
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

/** Our own id first, then the provider's (contract §3, Correlation); never a session of another connection. */
async function correlate(
  deps: ApiDependencies,
  upstream: Upstream,
  route: 'return' | 'postback',
  report: OutcomeReport,
): Promise<SessionRow | null> {
  const { connection } = upstream
  const { sessionId, providerSessionId, member } = report.correlate
  if (sessionId !== undefined && UUID.test(sessionId)) {
    const row = await findSession(deps.knex, sessionId)
    if (row !== null && row.connection === connection) return row
  }
  if (providerSessionId !== undefined) {
    const row = await findSessionByProviderId(deps.knex, connection, providerSessionId)
    if (row !== null) return row
  }
  if (member !== undefined) {
    // a browser comes back to its own connection; a server's news is for whichever of the account's owns the member
    const owners = route === 'return' ? [connection] : connectionsOfAccount(deps, upstream)
    const row = await findSessionOfMember(deps.knex, owners, member)
    if (row !== null) return row
  }
  if (report.strangers === 'ignore') return null
  throw new ArrivalRefused(404, 'no such session')
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

function claimOf(
  report: OutcomeReport & { readonly outcome: Outcome | null },
  verified: Verified,
  request: Request,
  rawBody: Buffer,
  route: 'return' | 'postback',
): NewClaim {
  const unique =
    report.uniqueId ?? createHash('sha256').update(request.originalUrl).update('\0').update(rawBody).digest('base64url')
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
