import { ApplicationFailure, Context } from '@temporalio/activity'
import { storePanelistMatch } from '../commands/supply/store-panelist-match.js'
import type { Knex } from '../db/connect.js'
import type { RefreshInputs } from '../db/rows/refresh-inputs.js'
import { recordFailedRefresh, recordGoodRefresh } from '../db/stores/connection-health-store.js'
import { deleteRefresh, findRefresh } from '../db/stores/panelist-refresh-store.js'
import { FAILURE_TYPES } from '../domain/failure-types.js'
import type { Logger } from '../platform/logger.js'
import type { PanelistMatch } from '../providers/adapter.js'
import { ProviderError } from '../providers/errors.js'
import type { FindUpstream, Upstream } from '../providers/upstream.js'
import { toTemporalFailure } from './failures.js'

export interface MatchingDependencies {
  readonly knex: Knex
  readonly findUpstream: FindUpstream
  readonly logger: Logger
  readonly clock: () => Date
}

/** The counts of a refresh: the surveys themselves never enter Temporal. */
export interface RefreshResult {
  readonly surveys: number
  readonly offers: number
  readonly unpriced: number
  readonly unreadable: number
  readonly notice: string | null
}

export type MatchingActivities = ReturnType<typeof createMatchingActivities>

/** How long not to call a connection whose rate is used up, and the longest such wait that a provider may set. */
const SHORT_HOLD_MS = 2_000
const LONGEST_HOLD_MS = 5 * 60_000
const NOTHING: RefreshResult = { surveys: 0, offers: 0, unpriced: 0, unreadable: 0, notice: null }

/** Activities that ask providers which match on their side, one panelist at a time. */
export function createMatchingActivities(deps: MatchingDependencies) {
  return {
    /**
     * Requests a panelist's surveys from the provider and stores them; deletes the question's inputs with that.
     * Idempotent: a question that is gone was answered.
     */
    async refreshPanelistMatch(refreshId: string): Promise<RefreshResult> {
      const inputs = await findRefresh(deps.knex, refreshId)
      if (inputs === null) return NOTHING
      const upstream = deps.findUpstream(inputs.connection)
      if (upstream === null) {
        const reason = `connection ${inputs.connection} is no longer configured`
        throw ApplicationFailure.nonRetryable(reason, FAILURE_TYPES.notConfigured)
      }
      try {
        const match = await askProvider(deps, upstream, inputs)
        return await store(deps, inputs, refreshId, match)
      } catch (error) {
        if (error instanceof ProviderError) await noteFailure(deps, inputs.connection, error)
        throw toTemporalFailure(error)
      }
    },

    /** Deletes a question that will not be asked again, with its address, browser and profile. */
    async forgetRefresh(refreshId: string): Promise<void> {
      await deleteRefresh(deps.knex, refreshId)
    },
  }
}

async function askProvider(
  deps: MatchingDependencies,
  upstream: Upstream,
  inputs: RefreshInputs,
): Promise<PanelistMatch> {
  const { adapter, config, http } = upstream
  if (adapter.live === undefined) throw new ProviderError('rejected', `${adapter.name} does not match by panelist`)
  return adapter.live.matchPanelist(
    { config, http, now: deps.clock(), signal: Context.current().cancellationSignal },
    {
      panelistId: inputs.providerPanelistId,
      country: inputs.country,
      dateOfBirth: inputs.dateOfBirth,
      profile: inputs.profile,
      userIp: inputs.userIp,
      userAgent: inputs.userAgent,
    },
  )
}

async function store(
  deps: MatchingDependencies,
  inputs: RefreshInputs,
  refreshId: string,
  match: PanelistMatch,
): Promise<RefreshResult> {
  const now = deps.clock()
  const { connection } = inputs
  await storePanelistMatch(deps.knex, refreshId, inputs, match, now)
  await recordGoodRefresh(deps.knex, connection, now)
  for (const { providerSurveyId, reason } of match.unreadable) {
    deps.logger.warn({ connection, survey: providerSurveyId, reason }, 'survey of a panelist cannot be read')
  }
  return {
    surveys: match.surveys.length,
    offers: match.offers.length,
    unpriced: match.unpriced,
    unreadable: match.unreadable.length,
    notice: match.notice,
  }
}

/** Raises an alarm if an operator must act; notes the failure in any case. */
async function noteFailure(deps: MatchingDependencies, connection: string, error: ProviderError): Promise<void> {
  const now = deps.clock()
  const { retryAfterMs = SHORT_HOLD_MS } = error.evidence
  await recordFailedRefresh(deps.knex, connection, {
    state: error.kind === 'unauthorized' ? 'blocked' : 'degraded',
    reason: error.message,
    until: error.kind === 'rate-limited' ? new Date(now.getTime() + Math.min(retryAfterMs, LONGEST_HOLD_MS)) : null,
    now,
  })
  const alarm = error.kind === 'unauthorized' || error.kind === 'rejected' || error.kind === 'misread'
  const facts = { connection, kind: error.kind, code: error.evidence.code, reason: error.message }
  if (alarm) deps.logger.error(facts, 'a provider that matches by panelist refuses what is asked')
  else deps.logger.warn(facts, 'a match failed')
}
