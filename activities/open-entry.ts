import { ApplicationFailure, Context } from '@temporalio/activity'
import type { NewClaim } from '../commands/sessions/claim.js'
import { recordClaim } from '../commands/sessions/record-claim.js'
import { storeEntry } from '../commands/sessions/store-entry.js'
import { applyEffects } from '../commands/supply/apply-effects.js'
import { findSession } from '../db/read-models/session.js'
import { findSurvey } from '../db/read-models/survey-record.js'
import { type SessionRow, toOpen } from '../db/rows/session-row.js'
import { findSessionInputs } from '../db/stores/session-input-store.js'
import { markWorkflowStarted } from '../db/stores/session-store.js'
import type { Outcome } from '../domain/outcome.js'
import { type Reward, type RewardPolicy, rewardFor, sharedAmount } from '../domain/reward.js'
import { failpoint } from '../platform/failpoints.js'
import type { EntryLink } from '../providers/adapter.js'
import { entryRequest } from '../providers/entry-request.js'
import { ProviderError } from '../providers/errors.js'
import type { Upstream } from '../providers/upstream.js'
import { toTemporalFailure } from './failures.js'
import { withHeartbeat } from './heartbeat.js'
import type { SessionDependencies } from './session-dependencies.js'

/** Opens an entry at the provider: stores the entry, or ends the session with a refusal. */
export async function openSessionEntry(deps: SessionDependencies, sessionId: string): Promise<SessionRow> {
  const row = await findSession(deps.knex, sessionId)
  if (row === null) throw ApplicationFailure.nonRetryable(`session ${sessionId} not found`, 'SessionGone')
  if (row.state !== 'opening') {
    // the request opened it itself and only started this workflow: record that the workflow runs
    await markWorkflowStarted(deps.knex, sessionId, deps.clock())
    return row
  }
  // the workflow runs and is only slow: the janitor need not start it again
  if (Context.current().info.attempt > 1) await markWorkflowStarted(deps.knex, sessionId, deps.clock())
  const upstream = deps.findUpstream(row.connection)
  if (upstream === null) return failOpening(deps, row, `connection ${row.connection} is no longer configured`)
  try {
    const link = await withHeartbeat(() => askForEntry(deps, upstream, row))
    failpoint('session.after_provider_create')
    const policy = deps.rewardPolicy(row.panel)
    const stored = await storeEntry(
      deps.knex,
      sessionId,
      {
        url: link.url,
        providerSessionId: link.providerSessionId,
        ...(link.loiMinutes === undefined ? {} : { loiMinutes: link.loiMinutes }),
        ...pricing(link, policy),
      },
      deps.clock(),
    )
    return stored ?? row
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'refused') {
      await applyEffects(deps, row, error.evidence.effects ?? [], error.message)
      return refuse(deps, row, error.message)
    }
    if (error instanceof ProviderError && error.kind === 'rejected') {
      const effects = error.evidence.effects ?? []
      const shown = effects.some(({ kind }) => kind === 'alarm')
      await applyEffects(deps, row, shown ? effects : [...effects, { kind: 'alarm' }], error.message)
      return failOpening(deps, row, error.message)
    }
    throw toTemporalFailure(error)
  }
}

async function askForEntry(deps: SessionDependencies, upstream: Upstream, row: SessionRow): Promise<EntryLink> {
  const [found, inputs] = await Promise.all([
    findSurvey(deps.knex, row.survey_id),
    findSessionInputs(deps.knex, row.session_id),
  ])
  // a survey for this panelist alone is stored with the session
  const survey = inputs?.survey ?? found?.survey
  if (survey === undefined) throw new ProviderError('refused', 'the survey is no longer in the catalogue')
  const now = deps.clock()
  return upstream.adapter.entry.open(
    { config: upstream.config, http: upstream.http, now, signal: Context.current().cancellationSignal },
    entryRequest(upstream, toOpen(row), survey, inputs, now),
  )
}

/** The provider refused: ends the session, and the respondent sees that the survey is gone. */
const refuse = (deps: SessionDependencies, row: SessionRow, reason: string): Promise<SessionRow> =>
  endOpening(deps, row, 'QUOTA_FULL', `refused: ${reason}`)

/**
 * Our configuration, or our request, is at fault: a retry changes nothing, and the panel must not receive QUOTA_FULL.
 * An operator finds the reason at the connection and in the session's events.
 */
const failOpening = (deps: SessionDependencies, row: SessionRow, reason: string): Promise<SessionRow> =>
  endOpening(deps, row, 'ERROR', `not opened: ${reason}`)

async function endOpening(
  deps: SessionDependencies,
  row: SessionRow,
  outcome: Outcome,
  word: string,
): Promise<SessionRow> {
  const claim: NewClaim = {
    source: 'opening',
    kind: 'outcome',
    outcome,
    word,
    grade: 'E2',
    fingerprint: 'opening',
    raw: null,
  }
  // a refusal may follow an earlier attempt's success: an open entry stays open
  const isOpening = (locked: SessionRow): boolean => locked.state === 'opening'
  const recorded = await recordClaim(deps.knex, row.session_id, claim, deps.clock(), isOpening)
  return recorded?.session ?? row
}

function pricing(link: EntryLink, policy: RewardPolicy | null) {
  if (link.price === undefined) return {}
  // a panel that is no longer configured gives no reward; the provider still owes the price
  if (policy === null) return { priced: { price: link.price, reward: NO_REWARD, shareMinor: 0n } }
  return {
    priced: { price: link.price, reward: rewardFor(link.price, policy), shareMinor: sharedAmount(link.price, policy) },
  }
}

const NO_REWARD: Reward = { amount: 0, currency: 'points' }
