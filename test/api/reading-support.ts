import { randomUUID } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import type { Express } from 'express'
import { createApp } from '../../api/app.js'
import type { ApiDependencies } from '../../api/dependencies.js'
import { KeyRing } from '../../api/http/auth.js'
import { OperatorSessions, type SignOuts } from '../../api/http/operator-sessions.js'
import { RateLimiter } from '../../api/http/rate-limit.js'
import { RefusalLimit } from '../../api/http/refusal-limit.js'
import { Turns } from '../../api/http/turns.js'
import { profileWordsOf } from '../../api/profile-words.js'
import { OfferTokens } from '../../api/tokens/offer-token.js'
import { SessionTokens } from '../../api/tokens/session-token.js'
import { recordSignOut } from '../../commands/access/sign-out.js'
import { applyClaims } from '../../commands/sessions/apply-claims.js'
import type { NewClaim } from '../../commands/sessions/claim.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { storeEntry } from '../../commands/sessions/store-entry.js'
import type { Knex } from '../../db/connect.js'
import { isSignedOut } from '../../db/read-models/signed-out.js'
import { enterSession } from '../../db/statements/enter-session.js'
import { insertSession, type NewSession } from '../../db/statements/insert-session.js'
import { money } from '../../domain/money.js'
import { loadConfig } from '../../platform/config/load.js'
import { createLogger } from '../../platform/logger.js'
import { createSigner } from '../../platform/signing/signer.js'
import { generateSigningKey } from '../../platform/signing/signing-key.js'
import { clientOptions } from '../../platform/temporal/connection.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import { createUpstreams } from '../../providers/upstreams.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

export const KEYS = {
  alpha: 'tk_alpha_0123456789abcdef',
  beta: 'tk_beta_0123456789abcdef',
  all: 'ok_all_0123456789abcdef',
  ops: 'ok_ops_0123456789abcdef',
  finance: 'ok_fin_0123456789abcdef',
  buyer: 'dk_acme_0123456789abcdef',
  platform: 'pk_decipher_0123456789abcdef',
} as const

const panel = (id: string, key: string) => `
  - id: ${id}
    api_key: "${key}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "https://${id}.example/done" }
    postback: { url: "https://${id}.example/hooks", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50, screenout: 0 }`

const connection = (id: string) => `
  - { id: ${id}, provider: kantar, supply_url: "https://supply.example", api_key: "k_${id}_0123456789" }`

/** A connection whose poll loop has a workflow id that no other test uses. */
export const UNIQUE_CONNECTION = `k-${randomUUID().slice(0, 8)}`

const CONFIG = `
operators:
  - { id: all, api_key: "${KEYS.all}", roles: [ops, finance] }
  - { id: watch, api_key: "${KEYS.ops}", roles: [ops] }
  - { id: books, api_key: "${KEYS.finance}", roles: [finance] }
panels:${panel('alpha', KEYS.alpha)}${panel('beta', KEYS.beta)}
demand_partners: [{ id: acme, api_key: "${KEYS.buyer}" }]
survey_platforms: [{ id: DECIPHER, api_key: "${KEYS.platform}" }]
connections:${connection('kantar-us')}${connection('kantar-jp')}${connection(UNIQUE_CONNECTION)}
`

/** An API on a database of its own, whose Temporal is down. */
export interface ReadingApi {
  readonly app: Express
  readonly deps: ApiDependencies
  readonly knex: Knex
  readonly database: TestDatabase
  /** Redeliveries that Temporal was asked for: id and number of the redelivery. */
  readonly redelivered: [string, number][]
  readonly close: () => Promise<void>
}

export async function startReadingApi(given: Partial<ApiDependencies> = {}): Promise<ReadingApi> {
  const database = await createTestDatabase()
  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), 'tributary.yaml')
  writeFileSync(file, CONFIG)
  const config = loadConfig({ file, env: {}, connectionSchemas })
  const publicUrl = 'http://tributary.example'
  const redelivered: [string, number][] = []
  const connectionAway = Connection.lazy({ ...clientOptions({ address: '127.0.0.1:1' }), connectTimeout: '1s' })
  const deps = {
    config,
    panels: new Map(config.panels.map((one) => [one.id, one])),
    knex: database.knex,
    clock: () => new Date(),
    logger: createLogger('test', 'silent'),
    publicUrl,
    signer: await createSigner({ privateKey: generateSigningKey().pem, issuer: publicUrl }),
    findUpstream: createUpstreams(config, { request: () => Promise.reject(new Error('not here')) }).find,
    keys: new KeyRing(config),
    limiter: new RateLimiter(1_000_000, 1_000_000, undefined, new RefusalLimit(1_000_000)),
    turns: new Turns(),
    checks: { counts: () => ({ same: 0, different: 0, latest: null }) },
    operatorSessions: new OperatorSessions(
      Buffer.alloc(32, 9),
      config.operators,
      false,
      () => new Date(),
      signOutsIn(database.knex),
    ),
    offers: new OfferTokens(Buffer.alloc(32, 7)),
    sessionTokens: new SessionTokens(Buffer.alloc(32, 5)),
    catalogue: { state: () => ({ ready: true, revision: 41n, ageMs: 12, surveys: 3 }), asks: () => false },
    words: profileWordsOf(config, []),
    sessions: { redeliver: (id: string, times: number) => redelivered.push([id, times]) },
    temporal: new Client({ connection: connectionAway }),
    ...given,
  } as unknown as ApiDependencies
  return {
    app: createApp(deps),
    deps,
    knex: database.knex,
    database,
    redelivered,
    close: async () => {
      await connectionAway.close()
      await database.drop()
    },
  }
}

/** Sign-outs as the API keeps them. */
export const signOutsIn = (knex: Knex, clock: () => Date = () => new Date()): SignOuts => ({
  record: (signIn, endsAt) => recordSignOut(knex, signIn, endsAt, clock()),
  has: (signIn) => isSignedOut(knex, signIn),
})

/** A session in `opening`, as creating one stores it; give what matters to the test. */
export async function aSession(knex: Knex, given: Partial<NewSession> = {}): Promise<NewSession> {
  const session: NewSession = {
    sessionId: randomUUID(),
    panel: 'alpha',
    panelistId: `p-${randomUUID()}`,
    surveyId: 'sv_1',
    connection: 'kantar-us',
    provider: 'kantar',
    providerSurveyId: 'plan-1',
    providerQuotaId: null,
    groupId: null,
    country: 'USA',
    requiredGrade: 'E1',
    price: money(150, 'USD'),
    reward: { amount: 75, currency: 'points' },
    shareMinor: 75n,
    screenoutReward: 0,
    loiMinutes: 10,
    device: null,
    customPanelData: { click: 'c-77' },
    entryToken: randomUUID(),
    providerPanelistId: 'p',
    createdAt: new Date(),
    entryTtlMs: 1_800_000,
    completionTtlMs: 86_400_000,
    lateGraceMs: 86_400_000,
    inputs: { panelist: { dateOfBirth: null, profile: {} }, userIp: '203.0.113.7', userAgent: 'secret-agent' },
    ...given,
  }
  await insertSession(knex, session)
  return session
}

/** A session that ended at `at` with a proven outcome [COMPLETED], booked and put into the outbox. */
export async function anEndedSession(
  knex: Knex,
  at: Date,
  given: Partial<NewSession> = {},
  claim: Partial<NewClaim> = {},
): Promise<NewSession> {
  const session = await aSession(knex, { createdAt: new Date(at.getTime() - 60_000), ...given })
  const opened = { url: 'https://router.example/x', providerSessionId: `ks-${session.sessionId}` }
  await storeEntry(knex, session.sessionId, opened, session.createdAt)
  // the click's own statement needs a survey in the catalogue; this writes the same columns without one
  if ((await enterSession(knex, session.entryToken, session.createdAt)) === null) {
    await knex('sessions')
      .where({ session_id: session.sessionId })
      .update({ state: 'entered', entered_at: session.createdAt })
  }
  await claims(knex, session.sessionId, at, claim)
  return session
}

/** One more claim about a session, applied. */
export async function claims(knex: Knex, sessionId: string, at: Date, given: Partial<NewClaim> = {}): Promise<void> {
  const claim: NewClaim = {
    source: 'return',
    kind: 'outcome',
    outcome: 'COMPLETED',
    word: 'COMPLETED',
    grade: 'E1',
    fingerprint: randomUUID(),
    raw: 'what arrived, with a name in it',
    ...given,
  }
  await recordClaim(knex, sessionId, claim, at)
  await applyClaims(knex, sessionId, () => true, at, at)
}
