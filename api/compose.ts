import type { Client } from '@temporalio/client'
import { createCatalogue } from '../catalogue/catalogue.js'
import type { CatalogueConnection } from '../catalogue/connections.js'
import { createPostgresSource } from '../catalogue/postgres-source.js'
import { installationKey, installationSecret } from '../commands/access/installation-key.js'
import { publishAddress } from '../commands/access/publish-address.js'
import { recordSignOut } from '../commands/access/sign-out.js'
import { connectDatabase, type Knex } from '../db/connect.js'
import { isSignedOut } from '../db/read-models/signed-out.js'
import { createHttp } from '../platform/egress/http-client.js'
import type { Logger } from '../platform/logger.js'
import { createSigner } from '../platform/signing/signer.js'
import { generateSigningKey } from '../platform/signing/signing-key.js'
import { createVerifiers } from '../platform/verification/verifiers.js'
import type { TributaryConfig } from '../providers/connection-schemas.js'
import { gatewayConnection } from '../providers/own-plans.js'
import { createProviderHttp } from '../providers/provider-http.js'
import { createUpstreams } from '../providers/upstreams.js'
import type { ApiDependencies } from './dependencies.js'
import { LiveChecks } from './eligibility/live-checks.js'
import { KeyRing } from './http/auth.js'
import { OperatorSessions } from './http/operator-sessions.js'
import { RateLimiter } from './http/rate-limit.js'
import { Turns } from './http/turns.js'
import { liveConnections } from './live/live-connections.js'
import { LiveMatches } from './live/live-matches.js'
import { profileWordsOf } from './profile-words.js'
import { RefreshDriver } from './refresh-driver.js'
import { SessionDriver } from './session-driver.js'
import { OfferTokens } from './tokens/offer-token.js'
import { SessionTokens } from './tokens/session-token.js'

/** The follower reads sequentially, so one connection is enough. */
const FOLLOWING_CONNECTIONS = 1

export interface ApiParts {
  readonly config: TributaryConfig
  readonly knex: Knex
  /** The same database, because following the catalogue needs a connection of its own. */
  readonly databaseUrl: string
  readonly temporal: Client
  readonly logger: Logger
  readonly publicUrl: string
  readonly clock?: () => Date
  readonly sandboxUrl?: string | null
}

/** Assembles an API process. Only this function builds its parts; tests pass their own. */
export async function composeApi(parts: ApiParts): Promise<{ deps: ApiDependencies; close: () => Promise<void> }> {
  const { config, knex, temporal, logger, publicUrl } = parts
  const clock = parts.clock ?? (() => new Date())
  const egress = createHttp(config.egress)
  const upstreams = createUpstreams(config, createProviderHttp(egress))
  const [signingKey, offerSecret, panelistSecret, operatorSecret, feedSecret] = await Promise.all([
    config.signing.privateKey ?? installationKey(knex, 'signing', async () => generateSigningKey()),
    installationSecret(knex, 'offers'),
    installationSecret(knex, 'panelists'),
    installationSecret(knex, 'operator-sessions'),
    installationSecret(knex, 'feed'),
    publishAddress(knex, publicUrl),
  ])
  const following = connectDatabase({
    url: parts.databaseUrl,
    applicationName: 'tributary catalogue',
    poolSize: FOLLOWING_CONNECTIONS,
  })
  const source = createPostgresSource({ knex, following, url: parts.databaseUrl })
  const connections = upstreams.all.map((upstream): CatalogueConnection => {
    const { name: provider } = upstream.adapter
    const own = config.attributeMappings.has(upstream.connection)
    return {
      id: upstream.connection,
      provider,
      vocabulary: { prefix: own ? upstream.connection : provider, provider, mapping: upstream.vocabulary },
      pollEveryMs: upstream.adapter.feed?.pollEveryMs(upstream.config) ?? null,
      staleAfterMs: upstream.config.staleAfter,
    }
  })
  const turns = new Turns()
  const catalogue = createCatalogue({ source, clock, log: logger, connections })
  const deps: ApiDependencies = {
    // where buyers are configured, our own plans are served in addition to the configured connections
    config:
      config.demandPartners.length > 0
        ? { ...config, connections: [...config.connections, gatewayConnection] }
        : config,
    panels: new Map(config.panels.map((panel) => [panel.id, panel])),
    knex,
    clock,
    logger,
    publicUrl,
    signer: await createSigner({
      privateKey: signingKey.pem,
      kid: config.signing.privateKey?.keyId ?? undefined,
      issuer: publicUrl,
      clock,
    }),
    verifiers: createVerifiers({ http: egress, publicUrl, clock }),
    findUpstream: upstreams.find,
    keys: new KeyRing(config),
    limiter: new RateLimiter(config.limits.perKeyPerSecond, config.limits.burst),
    turns,
    operatorSessions: new OperatorSessions(operatorSecret, config.operators, publicUrl.startsWith('https:'), clock, {
      record: (signIn, endsAt) => recordSignOut(knex, signIn, endsAt, clock()),
      has: (signIn) => isSignedOut(knex, signIn),
    }),
    offers: new OfferTokens(offerSecret),
    sessionTokens: new SessionTokens(feedSecret),
    catalogue,
    checks: new LiveChecks({ catalogue, turns, logger }),
    words: profileWordsOf(config, upstreams.all),
    live: new LiveMatches({
      knex,
      driver: new RefreshDriver(temporal, logger),
      connections: liveConnections(upstreams.all),
      secret: panelistSecret,
      clock,
    }),
    sessions: new SessionDriver(temporal, logger),
    temporal,
    sandboxUrl: parts.sandboxUrl ?? null,
  }
  return {
    deps,
    close: async () => {
      await catalogue.close()
      await source.close()
      await following.destroy()
      await egress.close()
    },
  }
}
