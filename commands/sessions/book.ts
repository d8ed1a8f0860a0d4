import { randomBytes, randomUUID } from 'node:crypto'
import type { Knex } from '../../db/connect.js'
import type { SurveyRecord } from '../../db/read-models/survey-record.js'
import type { NewPlanSession } from '../../db/rows/plan-session.js'
import { insertSession, type NewSession, SessionExists } from '../../db/statements/insert-session.js'
import { bindIdempotencyKey } from '../../db/stores/idempotency-store.js'
import type { Money } from '../../domain/money.js'
import type { Grade } from '../../domain/outcome.js'
import type { PanelistSnapshot } from '../../domain/panelist.js'
import { rewardFor, sharedAmount } from '../../domain/reward.js'
import type { Quota, Survey } from '../../domain/survey.js'
import type { Config } from '../../platform/config/load.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import { failpoint } from '../../platform/failpoints.js'
import type { FindUpstream } from '../../providers/upstream.js'

export interface BookingDependencies {
  readonly knex: Knex
  readonly clock: () => Date
  readonly config: Pick<Config, 'sessions'>
  readonly findUpstream: FindUpstream
}

/** A survey that the panelist may enter, with the data of the session. */
export interface Bookable {
  readonly found: SurveyRecord
  /** The survey where it is for this panelist alone, because the catalogue does not have it. */
  readonly ownSurvey: Survey | null
  readonly quota: Quota | null
  /** The newest stored price, which the session locks. */
  readonly price: Money
  readonly requiredGrade: Grade
  readonly providerPanelistId: string
  readonly snapshot: PanelistSnapshot
  /** Only for our own survey plans. */
  readonly plan: NewPlanSession | null
}

/** What the panel sends about its panelist. */
export interface Respondent {
  readonly panelistId: string
  readonly device: string | null
  readonly userIp: string | null
  readonly userAgent: string | null
  /** The panel's own data; returned in redirects and postbacks. */
  readonly customPanelData: Record<string, unknown> | null
}

/**
 * Stores a session with its locked price and binds the request's idempotency key to it, in one transaction.
 * @param key the request's idempotency key; null = none
 * @returns the new session's id; null when the panelist has an unfinished session of this survey (unique key)
 */
export async function bookSession(
  deps: BookingDependencies,
  panel: PanelConfig,
  respondent: Respondent,
  booking: Bookable,
  key: string | null,
): Promise<string | null> {
  const sessionId = randomUUID()
  try {
    await deps.knex.transaction(async (trx) => {
      await insertSession(trx, newSession(deps, panel, respondent, booking, sessionId))
      if (key !== null) await bindIdempotencyKey(trx, panel.id, key, sessionId)
    })
  } catch (error) {
    if (error instanceof SessionExists) return null
    throw error
  }
  failpoint('session.after_row')
  return sessionId
}

/** Builds the session of a booking, with its locked price; does not store it. */
function newSession(
  deps: BookingDependencies,
  panel: PanelConfig,
  respondent: Respondent,
  booking: Bookable,
  sessionId: string,
): NewSession {
  const { found, quota, price, snapshot, requiredGrade, providerPanelistId } = booking
  const { sessions } = deps.config
  // some providers send the price with the entry: the session has none until then (docs/money.md, Amounts)
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
