import type { Client } from '@temporalio/client'
import type { Catalogue } from '../catalogue/catalogue.js'
import type { Knex } from '../db/connect.js'
import type { ProfileWords } from '../domain/words/profile-words.js'
import type { Config } from '../platform/config/load.js'
import type { PanelConfig } from '../platform/config/panel-schema.js'
import type { Logger } from '../platform/logger.js'
import type { Signer } from '../platform/signing/signer.js'
import type { Verifiers } from '../platform/verification/verifiers.js'
import type { FindUpstream } from '../providers/upstream.js'
import type { LiveChecks } from './eligibility/live-checks.js'
import type { KeyRing } from './http/auth.js'
import type { OperatorSessions } from './http/operator-sessions.js'
import type { RateLimiter } from './http/rate-limit.js'
import type { Turns } from './http/turns.js'
import type { LiveMatches } from './live/live-matches.js'
import type { SessionDriver } from './session-driver.js'
import type { OfferTokens } from './tokens/offer-token.js'
import type { SessionTokens } from './tokens/session-token.js'

/** The dependencies of the routes; assembled once in `api/main.ts`, and by tests with their own parts. */
export interface ApiDependencies {
  readonly config: Config
  /** The panels by id. */
  readonly panels: ReadonlyMap<string, PanelConfig>
  readonly knex: Knex
  readonly clock: () => Date
  readonly logger: Logger
  /** Without a trailing slash. */
  readonly publicUrl: string
  readonly signer: Signer
  readonly verifiers: Verifiers
  readonly findUpstream: FindUpstream
  readonly keys: KeyRing
  readonly limiter: RateLimiter
  /** Schedules the slices of long work. */
  readonly turns: Turns
  readonly operatorSessions: OperatorSessions
  readonly offers: OfferTokens
  /** The tokens at the end of the feed's `survey_session_creation_url`s. */
  readonly sessionTokens: SessionTokens
  readonly catalogue: Catalogue
  /** Compares a sample of the index's matches with the decision of the rules. */
  readonly checks: LiveChecks
  /** The vocabularies that profiles may use. */
  readonly words: ProfileWords
  /** Surveys from providers that match on their side. */
  readonly live: LiveMatches
  readonly sessions: SessionDriver
  readonly temporal: Client
  /** The address at which the sandbox serves its demo panel app; null without the sandbox. */
  readonly sandboxUrl?: string | null
}
