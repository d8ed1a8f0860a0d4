import type { Knex } from '../../db/connect.js'
import {
  findSessionSentOn,
  findSessionsOfMember,
  readMember,
  type SurveyKeyPart,
} from '../../db/read-models/member-sessions.js'
import { findSession } from '../../db/read-models/session.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { findSessionByProviderId } from '../../db/stores/session-store.js'
import type { MemberSurvey, OutcomeReport } from '../../providers/adapter.js'
import type { Upstream } from '../../providers/upstream.js'
import { connectionsOfAccount } from '../access/account.js'
import type { Connections } from '../access/usable-connections.js'
import { ArrivalRefused } from './arrival-refused.js'

export interface FindWhomDependencies extends Connections {
  readonly knex: Knex
}

/** The session or member that an arrival is about. */
export type Whom =
  /** `sentOnTo`: the respondent was sent on to this survey, and the word is about it. */
  | { readonly kind: 'session'; readonly session: SessionRow; readonly sentOnTo?: string }
  /** A browser that returns from an unknown survey: the redirect shows the standing of its only session in progress. */
  | { readonly kind: 'astray'; readonly session: SessionRow }
  /** A known member, and a survey of which they have no session. */
  | { readonly kind: 'unplaced'; readonly member: MemberSurvey }
  | { readonly kind: 'nobody' }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Finds the session of an arrival by our id, else the provider's, else the member and the survey; never a session of
 * another connection (docs/sessions.md, Which session an arrival is about).
 * @throws ArrivalRefused `refused` when it names two sessions, `unknown` when it names none
 */
export async function findWhom(
  deps: FindWhomDependencies,
  upstream: Upstream,
  route: 'return' | 'postback',
  report: OutcomeReport,
): Promise<Whom> {
  const named = await findNamed(deps, upstream.connection, report.correlate)
  if (named !== null) return { kind: 'session', session: named }
  const { member } = report.correlate
  if (member !== undefined) {
    // a browser returns to its own connection; a postback may be for any connection of the account
    const owners = route === 'return' ? [upstream.connection] : connectionsOfAccount(deps, upstream)
    const whom = await findByMember(deps, owners, route, member)
    if (whom !== null && !(whom.kind === 'unplaced' && report.strangers !== 'ignore')) return whom
  }
  if (report.strangers === 'ignore') return { kind: 'nobody' }
  throw new ArrivalRefused('unknown', 'session not found')
}

/** Finds a session by its ids; refuses a token that names two sessions. */
async function findNamed(
  { knex }: FindWhomDependencies,
  connection: string,
  { sessionId, providerSessionId }: OutcomeReport['correlate'],
): Promise<SessionRow | null> {
  const byOurs = sessionId !== undefined && UUID.test(sessionId) ? await findSession(knex, sessionId) : null
  const byTheirs =
    providerSessionId === undefined ? null : await findSessionByProviderId(knex, connection, providerSessionId)
  if (byOurs !== null && byTheirs !== null && byOurs.session_id !== byTheirs.session_id)
    throw new ArrivalRefused('refused', 'the token names two sessions')
  return byOurs?.connection === connection ? byOurs : byTheirs
}

async function findByMember(
  { knex }: FindWhomDependencies,
  owners: readonly string[],
  route: 'return' | 'postback',
  member: MemberSurvey,
): Promise<Whom | null> {
  const { panelistId, providerSurveyId, invitedTo } = member
  if (invitedTo !== undefined) {
    const session = await theOne(knex, owners, panelistId, invitedTo)
    if (session !== null) return { kind: 'session', session, sentOnTo: providerSurveyId }
  }
  const session =
    (await theOne(knex, owners, panelistId, { exactly: providerSurveyId })) ??
    (await findSessionSentOn(knex, owners, panelistId, providerSurveyId))
  if (session !== null) return { kind: 'session', session }
  const { known, onlyEntered } = await readMember(knex, owners, panelistId)
  if (route === 'return' && onlyEntered !== null) return { kind: 'astray', session: onlyEntered }
  return known ? { kind: 'unplaced', member } : null
}

/** A member's session of a survey; null also when they are in two of its waves and the arrival does not say which. */
async function theOne(
  knex: Knex,
  owners: readonly string[],
  panelistId: string,
  survey: SurveyKeyPart,
): Promise<SessionRow | null> {
  const [first, second] = await findSessionsOfMember(knex, owners, panelistId, survey)
  if (first === undefined) return null
  const twoUnderWay = first.state === 'entered' && second?.state === 'entered' && first.survey_id !== second.survey_id
  return twoUnderWay && !('exactly' in survey) ? null : first
}
