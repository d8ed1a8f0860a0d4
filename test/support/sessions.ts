import { randomBytes, randomUUID } from 'node:crypto'
import { applyClaims } from '../../commands/sessions/apply-claims.js'
import type { NewClaim } from '../../commands/sessions/claim.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { storeEntry } from '../../commands/sessions/store-entry.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import type { Knex } from '../../db/connect.js'
import { findSession } from '../../db/read-models/session.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { enterSession } from '../../db/statements/enter-session.js'
import { insertSession, type NewSession } from '../../db/statements/insert-session.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { money } from '../../domain/money.js'
import type { Outcome } from '../../domain/outcome.js'
import type { Survey } from '../../domain/survey.js'
import { aSurvey } from './surveys.js'

export const CONNECTION = 'kantar-us'
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The time of the sessions' clock, which replaces the database's own. */
export const T0 = new Date('2026-11-20T10:00:00.000Z')
export const later = (ms: number): Date => new Date(T0.getTime() + ms)

let order = 0
/** Stores a survey of a connection; again = a newer edition. @returns its id */
export async function stock(knex: Knex, given: Partial<Survey> = {}, connection = CONNECTION): Promise<string> {
  await openConnection(knex, { connection, provider: 'kantar' })
  order += 1
  const survey = aSurvey(given)
  await knex.transaction((trx) =>
    upsertSurveys(trx, { connection, provider: 'kantar', epoch: '0', now: new Date() }, [
      { survey, order: String(order), version: '1', raw: Buffer.from('{}') },
    ]),
  )
  return surveyIdOf(connection, survey.providerSurveyId)
}

/** A session of the plain survey at 1.50 USD, half of it the panelist's; give what matters to the test. */
export function aSession(given: Partial<NewSession> = {}): NewSession {
  const connection = given.connection ?? CONNECTION
  const providerSurveyId = given.providerSurveyId ?? 'plan-1'
  return {
    sessionId: randomUUID(),
    panel: 'lifepoints',
    panelistId: `p-${randomBytes(4).toString('hex')}`,
    surveyId: surveyIdOf(connection, providerSurveyId),
    connection,
    provider: 'kantar',
    providerSurveyId,
    providerQuotaId: null,
    groupId: null,
    country: 'USA',
    requiredGrade: 'E1',
    price: money(150, 'USD'),
    reward: { amount: 75, currency: 'points' },
    shareMinor: 75n,
    screenoutReward: 5,
    loiMinutes: 10,
    device: null,
    customPanelData: { click: 'c-77' },
    entryToken: randomBytes(24).toString('base64url'),
    providerPanelistId: 'p-1',
    createdAt: T0,
    entryTtlMs: 30 * MINUTE,
    completionTtlMs: DAY,
    lateGraceMs: 30 * DAY,
    inputs: { panelist: { dateOfBirth: '1990-04-23', profile: { sex: '1' } }, userIp: '203.0.113.7', userAgent: 'UA' },
    ...given,
  }
}

/** A session whose entry is still opening. */
export async function openingSession(knex: Knex, given: Partial<NewSession> = {}): Promise<SessionRow> {
  const session = aSession(given)
  await insertSession(knex, session)
  return mustFind(knex, session.sessionId)
}

/** A session whose link can be clicked. */
export async function createdSession(knex: Knex, given: Partial<NewSession> = {}): Promise<SessionRow> {
  const { session_id } = await openingSession(knex, given)
  await storeEntry(knex, session_id, entryOf(session_id), given.createdAt ?? T0)
  return mustFind(knex, session_id)
}

/** A session whose respondent is with the provider. Needs the survey in stock. */
export async function enteredSession(knex: Knex, given: Partial<NewSession> = {}): Promise<SessionRow> {
  const created = await createdSession(knex, given)
  const entered = await enterSession(knex, created.entry_token, given.createdAt ?? T0)
  if (entered === null) throw new Error('the session could not be entered: is its survey in stock?')
  return mustFind(knex, created.session_id)
}

export const entryOf = (sessionId: string) => ({
  url: `https://router.example/sessions/start/${sessionId}`,
  providerSessionId: `their-${sessionId}`,
})

export async function mustFind(knex: Knex, sessionId: string): Promise<SessionRow> {
  const row = await findSession(knex, sessionId)
  if (row === null) throw new Error(`session ${sessionId} is not there`)
  return row
}

let claims = 0
/** A server-to-server claim, with another fingerprint each time. */
export function aClaim(outcome: Outcome | null, given: Partial<NewClaim> = {}): NewClaim {
  claims += 1
  return {
    source: 'postback',
    kind: 'outcome',
    outcome,
    word: outcome ?? 'SOMETHING',
    grade: 'E2',
    fingerprint: `postback:${claims}`,
    raw: null,
    ...given,
  }
}

/** Records a claim and applies it, as API and worker do one after the other. */
export async function settled(knex: Knex, sessionId: string, claim: NewClaim, now: Date = T0) {
  const recorded = await recordClaim(knex, sessionId, claim, now)
  const applied = await applyClaims(knex, sessionId, () => true, now, new Date(now.getTime() + 15 * MINUTE))
  if (recorded === null || applied === null) throw new Error(`session ${sessionId} is not there`)
  return { recorded, applied }
}
