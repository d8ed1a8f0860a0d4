import { randomBytes } from 'node:crypto'
import { findSessionInputs, storeEntry } from '../db/stores/entry-store.js'
import { type SessionRow, toOpen } from '../db/stores/session-row.js'
import { announceSession, findSession, type NewSession } from '../db/stores/session-store.js'
import { findSurvey, type SurveyRecord } from '../db/stores/survey-store.js'
import type { Money } from '../domain/money.js'
import type { Grade } from '../domain/outcome.js'
import type { PanelistSnapshot } from '../domain/panelist.js'
import { GATEWAY } from '../domain/plan/survey-plan.js'
import { rewardFor, sharedAmount } from '../domain/reward.js'
import type { Quota, Survey } from '../domain/survey.js'
import type { PanelConfig } from '../platform/config/panel-schema.js'
import { failpoint } from '../platform/failpoints.js'
import { entryRequest } from '../providers/entry-request.js'
import type { ApiDependencies } from './dependencies.js'
import type { PlanTerms } from './plan-booking.js'

/** A survey that somebody may be sent to, with what their session needs. */
export interface Bookable {
  readonly found: SurveyRecord
  /** The survey itself where it is for this panelist alone, and so not in the catalogue. */
  readonly ownSurvey: Survey | null
  readonly quota: Quota | null
  /** The newest stored price: what the session locks. */
  readonly price: Money
  readonly requiredGrade: Grade
  readonly providerPanelistId: string
  readonly snapshot: PanelistSnapshot
  /** Only of a survey plan of our own. */
  readonly plan: PlanTerms['plan'] | null
}

/** What a panel says of the panelist whom it sends. */
export interface Respondent {
  readonly panelistId: string
  readonly device: string | null
  readonly userIp: string | null
  readonly userAgent: string | null
  /** The panel's own; comes back in redirects and postbacks. */
  readonly customPanelData: Record<string, unknown> | null
}

/** The session that a booking becomes, its price locked; not stored yet. */
export function newSession(
  deps: ApiDependencies,
  panel: PanelConfig,
  respondent: Respondent,
  booking: Bookable,
  sessionId: string,
): NewSession {
  const { found, quota, price, snapshot, requiredGrade, providerPanelistId } = booking
  const { sessions } = deps.config
  // some providers name the price with the entry: the session has none until then (contract §4)
  const priced = deps.findUpstream(found.connection)?.adapter.entry.priceWithEntry !== true
  return {
    sessionId,
    panel: panel.id,
    panelistId: respondent.panelistId,
    surveyId: found.surveyId,
    connection: found.connection,
    provider: found.provider,
    providerSurveyId: found.providerSurveyId,
    providerQuotaId: quota?.quotaId ?? null,
    groupId: found.survey.groupId,
    country: found.survey.country,
    requiredGrade,
    price: priced ? price : null,
    reward: priced ? rewardFor(price, panel.reward) : null,
    shareMinor: priced ? sharedAmount(price, panel.reward) : null,
    screenoutReward: panel.reward.screenout,
    loiMinutes: found.survey.loiMinutes,
    device: respondent.device,
    customPanelData: respondent.customPanelData,
    entryToken: randomBytes(24).toString('base64url'),
    providerPanelistId,
    createdAt: deps.clock(),
    entryTtlMs: sessions.entryTtl,
    completionTtlMs: sessions.completionTtl,
    lateGraceMs: sessions.lateOutcomeGrace,
    inputs: {
      panelist: snapshot,
      userIp: respondent.userIp,
      userAgent: respondent.userAgent,
      survey: booking.ownSurvey,
    },
    plan: booking.plan,
  }
}

/** Waits until the provider has given the entry; a slow one leaves the session `opening`, and the panel knows its id. */
export async function openOrWait(deps: ApiDependencies, sessionId: string): Promise<SessionRow> {
  const stored = await mustFind(deps, sessionId)
  if (stored.state !== 'opening') return stored
  const own = stored.connection === GATEWAY ? await openOwnEntry(deps, stored) : null
  if (own !== null) {
    failpoint('session.after_url_issue')
    await deps.sessions.start(own)
    failpoint('session.after_start')
    return own
  }
  await deps.sessions.open(stored)
  failpoint('session.after_start')
  const opened = await mustFind(deps, sessionId)
  if (opened.state !== 'opening') return opened
  // the panel learns the id of a session that is still opening: from now on it gets its postbacks
  await announceSession(deps.knex, sessionId)
  return mustFind(deps, sessionId)
}

/**
 * Opens the entry into a plan of our own: nobody has to be asked, so neither the panel nor the respondent waits for a
 * worker, however many come at once. The session's workflow then finds it open.
 * @returns null where the entry has to be left to the workflow
 */
async function openOwnEntry(deps: ApiDependencies, row: SessionRow): Promise<SessionRow | null> {
  const upstream = deps.findUpstream(row.connection)
  const [found, inputs] = await Promise.all([
    findSurvey(deps.knex, row.survey_id),
    findSessionInputs(deps.knex, row.session_id),
  ])
  if (upstream === null || found === null || inputs === null) return null
  const now = deps.clock()
  const { config, http, adapter } = upstream
  const link = await adapter.entry.open(
    { config, http, now, signal: AbortSignal.timeout(OWN_ENTRY_MS) },
    entryRequest(upstream, toOpen(row), found.survey, inputs, now),
  )
  const { url, providerSessionId } = link
  return storeEntry(deps.knex, row.session_id, { url, providerSessionId, workflowToStart: true }, now)
}

/** Nothing is asked over a network: this only ends what could never take as long. */
const OWN_ENTRY_MS = 5_000

async function mustFind(deps: ApiDependencies, sessionId: string): Promise<SessionRow> {
  const row = await findSession(deps.knex, sessionId)
  if (row === null) throw new Error(`session ${sessionId} is not there`)
  return row
}
