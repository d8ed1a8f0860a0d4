import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { ArrivalRefused } from '../../commands/sessions/arrival-refused.js'
import { type Arrived, recordArrival } from '../../commands/sessions/record-arrival.js'
import { failpoint } from '../../platform/failpoints.js'
import { VerificationError } from '../../platform/verification/verification-error.js'
import type { Verified } from '../../platform/verification/verifiers.js'
import { ProviderError } from '../../providers/errors.js'
import type { ApiDependencies } from '../dependencies.js'
import { readArrivalBody, refuseLargeBody } from './arrival-body.js'
import { arrivalRoute } from './arrival-route.js'
import { receiveQuotaNews } from './receive-quota-news.js'

/**
 * Verifies an arrival, commits its claim and signals the session's workflow. The answer is sent after the commit; the
 * signal is best effort, because the janitor repeats it.
 * @param name the part of a postback route after the connection, '' where there is none
 * @returns null for an authentic arrival that is about no session of ours
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
  if (configured === null) throw new ArrivalRefused('unknown', 'nothing is expected at this address')
  const { verified, rawBody } = await believe(deps, configured.arrival, request, route)
  const { adapter, config } = configured.upstream
  const arrival = { route, name, fields: verified.fields, unsigned: verified.unsigned }
  const news = read(() => adapter.quotas?.readNews(config, arrival) ?? null)
  if (news !== null) {
    await receiveQuotaNews(deps, configured.upstream, news)
    return null
  }
  const report = read(() => configured.arrivals.read(config, arrival))
  const hash = arrivalHash(request, rawBody)
  const arrived = await recordArrival(deps, configured.upstream, { route, verified, report, hash })
  if (arrived === null || arrived.claim === null) return arrived
  const { session, claim } = arrived
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
  return arrived
}

/** Verifies an arrival. The body is empty where verification and reading need only the address and the headers. */
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
    throw new ArrivalRefused(error.kind === 'unavailable' ? 'unavailable' : 'refused', error.message)
  }
}

function read<Read>(work: () => Read): Read {
  try {
    return work()
  } catch (error) {
    if (error instanceof ProviderError) throw new ArrivalRefused('refused', error.message)
    throw error
  }
}

const arrivalHash = (request: Request, rawBody: Buffer): string =>
  createHash('sha256').update(request.originalUrl).update('\0').update(rawBody).digest('base64url')
