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

/** Whom an arrival is about. */
export type Whom =
  /** `sentOnTo`: they were sent on to this survey, and the word is about it. */
  | { readonly kind: 'session'; readonly session: SessionRow; readonly sentOnTo?: string }
  /** A browser back from a survey that is none of ours: it goes home as its one session under way stands. */
  | { readonly kind: 'astray'; readonly session: SessionRow }
  /** A member of ours, and a survey of no session of theirs. */
  | { readonly kind: 'unplaced'; readonly member: MemberSurvey }
  | { readonly kind: 'nobody' }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Finds the session of an arrival: by our own id, else the provider's, else the member and the survey; never a session
 * of another connection (docs/sessions.md, Which session an arrival is about).
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
    // a browser comes back to its own connection; a server's news is for whichever of the account's owns the member
    const owners = route === 'return' ? [upstream.connection] : connectionsOfAccount(deps, upstream)
    const whom = await findByMember(deps, owners, route, member)
    if (whom !== null && !(whom.kind === 'unplaced' && report.strangers !== 'ignore')) return whom
  }
  if (report.strangers === 'ignore') return { kind: 'nobody' }
  throw new ArrivalRefused('unknown', 'no such session')
}

/** By ids of sessions: a token that names two of ours is about neither. */
async function findNamed(
  { knex }: FindWhomDependencies,
  connection: string,
  { sessionId, providerSessionId }: OutcomeReport['correlate'],
): Promise<SessionRow | null> {
  const byOurs = sessionId !== undefined && UUID.test(sessionId) ? await findSession(knex, sessionId) : null
  const byTheirs =
    providerSessionId === undefined ? null : await findSessionByProviderId(knex, connection, providerSessionId)
  if (byOurs !== null && byTheirs !== null && byOurs.session_id !== byTheirs.session_id)
    throw new ArrivalRefused('refused', 'it names two sessions')
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

/** A member's session of a survey; null as well where they are in two of its waves, and nothing says which is meant. */
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
