import type { Money } from '../../domain/money.js'
import type { Grade } from '../../domain/outcome.js'
import type { PanelistSnapshot } from '../../domain/panelist.js'
import type { Reward } from '../../domain/reward.js'
import type { Survey } from '../../domain/survey.js'
import { brokenConstraint, type Knex } from '../connect.js'
import type { NewPlanSession } from '../rows/plan-session.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'
import { insertPlanSession } from './plan-session-store.js'
import { surveyToJson } from './survey-json.js'

export interface NewSession {
  readonly sessionId: string
  readonly panel: string
  readonly panelistId: string
  readonly surveyId: string
  readonly connection: string
  readonly provider: string
  readonly providerSurveyId: string
  readonly providerQuotaId: string | null
  readonly groupId: string | null
  readonly country: string
  readonly requiredGrade: Grade
  /** Null where the price comes with the provider's entry. */
  readonly price: Money | null
  readonly reward: Reward | null
  readonly shareMinor: bigint | null
  readonly screenoutReward: number
  readonly loiMinutes: number
  readonly device: string | null
  readonly customPanelData: Record<string, unknown> | null
  readonly entryToken: string
  readonly providerPanelistId: string
  readonly createdAt: Date
  readonly entryTtlMs: number
  readonly completionTtlMs: number
  readonly lateGraceMs: number
  readonly inputs: {
    readonly panelist: PanelistSnapshot
    readonly userIp: string | null
    readonly userAgent: string | null
    /** The survey itself where it is for this panelist alone: the catalogue does not have it. */
    readonly survey?: Survey | null
  }
  /** Only of a session of a survey plan of our own. */
  readonly plan?: NewPlanSession | null
}

/** Thrown when the panelist has an unfinished session of this survey: the unique key decides, not a look beforehand. */
export class SessionExists extends Error {
  override readonly name = 'SessionExists'
}

/**
 * Stores a session and what its opening needs, in the caller's transaction.
 * @throws SessionExists
 */
export async function insertSession(trx: Knex, session: NewSession): Promise<void> {
  try {
    await trx.raw(
      `with s as (
         insert into sessions (session_id, panel, panelist_id, survey_id, connection, provider, provider_survey_id,
           provider_quota_id, group_id, country, required_grade, cpi_minor, currency, reward_amount, reward_currency,
           share_minor, screenout_reward, loi_minutes, device, custom_panel_data, entry_token, provider_panelist_id,
           created_at, entry_deadline, completion_ttl, late_grace, per_panelist)
         values (:sessionId, :panel, :panelistId, :surveyId, :connection, :provider, :providerSurveyId,
           :providerQuotaId, :groupId, :country, :requiredGrade, :cpiMinor, :currency, :rewardAmount, :rewardCurrency,
           :shareMinor, :screenoutReward, :loiMinutes, :device, :customPanelData::jsonb, :entryToken, :providerPanelistId,
           :createdAt, :entryDeadline, make_interval(secs => :completionSeconds), make_interval(secs => :graceSeconds),
           :perPanelist)
         returning session_id)
       insert into session_inputs (session_id, profile, user_ip, user_agent, survey)
       values (:sessionId, :profile::jsonb, :userIp, :userAgent, :survey::jsonb)`,
      {
        sessionId: session.sessionId,
        panel: session.panel,
        panelistId: session.panelistId,
        surveyId: session.surveyId,
        connection: session.connection,
        provider: session.provider,
        providerSurveyId: session.providerSurveyId,
        providerQuotaId: session.providerQuotaId,
        groupId: session.groupId,
        country: session.country,
        requiredGrade: session.requiredGrade,
        cpiMinor: session.price?.amountMinor.toString() ?? null,
        currency: session.price?.currency ?? null,
        rewardAmount: session.reward?.amount ?? null,
        rewardCurrency: session.reward?.currency ?? null,
        shareMinor: session.shareMinor?.toString() ?? null,
        screenoutReward: session.screenoutReward,
        loiMinutes: session.loiMinutes,
        device: session.device,
        customPanelData: session.customPanelData === null ? null : JSON.stringify(session.customPanelData),
        entryToken: session.entryToken,
        providerPanelistId: session.providerPanelistId,
        createdAt: session.createdAt,
        entryDeadline: new Date(session.createdAt.getTime() + session.entryTtlMs),
        completionSeconds: session.completionTtlMs / 1000,
        graceSeconds: session.lateGraceMs / 1000,
        profile: JSON.stringify(session.inputs.panelist),
        userIp: session.inputs.userIp,
        userAgent: session.inputs.userAgent,
        perPanelist: (session.inputs.survey ?? null) !== null,
        survey: session.inputs.survey ? JSON.stringify(surveyToJson(session.inputs.survey)) : null,
      },
    )
    if (session.plan) await insertPlanSession(trx, session, session.plan)
  } catch (error) {
    if (brokenConstraint(error) === 'one_unfinished_session') throw new SessionExists('unfinished session')
    throw error
  }
}

export async function findSession(knex: Knex, sessionId: string): Promise<SessionRow | null> {
  return knex('sessions').select(knex.raw(sessionColumns)).where({ session_id: sessionId }).first().then(orNull)
}

export async function lockSession(trx: Knex, sessionId: string): Promise<SessionRow | null> {
  return trx('sessions')
    .select(trx.raw(sessionColumns))
    .where({ session_id: sessionId })
    .forUpdate()
    .first()
    .then(orNull)
}

export async function findSessionByEntryToken(knex: Knex, entryToken: string): Promise<SessionRow | null> {
  return knex('sessions').select(knex.raw(sessionColumns)).where({ entry_token: entryToken }).first().then(orNull)
}

export async function findUnfinishedSession(
  knex: Knex,
  panel: string,
  panelistId: string,
  surveyId: string,
): Promise<SessionRow | null> {
  return knex('sessions')
    .select(knex.raw(sessionColumns))
    .where({ panel, panelist_id: panelistId, survey_id: surveyId })
    .whereNot({ state: 'finished' })
    .first()
    .then(orNull)
}

/** The session an arrival speaks of, by the provider's own session id; of that connection only. */
export async function findSessionByProviderId(
  knex: Knex,
  connection: string,
  providerSessionId: string,
): Promise<SessionRow | null> {
  return knex('sessions')
    .select(knex.raw(sessionColumns))
    .where({ connection, provider_session_id: providerSessionId })
    .orderBy('created_at', 'desc')
    .first()
    .then(orNull)
}

/**
 * Marks that the panel learns the id of a session that is still opening, so that it gets postbacks from now on.
 * @returns false when the session has ended meanwhile: then the panel is not told its id
 */
export async function announceSession(knex: Knex, sessionId: string): Promise<boolean> {
  return (
    (await knex('sessions')
      .where({ session_id: sessionId })
      .whereNot({ state: 'finished' })
      .update({ announced: true })) === 1
  )
}

/** Notes that a session's workflow is at work. Safe to repeat: the first moment stays. */
export async function markWorkflowStarted(knex: Knex, sessionId: string, now: Date): Promise<void> {
  await knex('sessions')
    .where({ session_id: sessionId })
    .whereNull('workflow_started_at')
    .update({ workflow_started_at: now })
}

/** What a claim changes in a session's row. */
export type StandingChanges = Pick<
  SessionRow,
  | 'state'
  | 'outcome'
  | 'grade'
  | 'provisional'
  | 'payable'
  | 'reversed'
  | 'needs_review'
  | 'review_reason'
  | 'unpaid_reason'
  | 'claim_count'
  | 'finished_at'
  | 'completed_at'
>

export async function updateStanding(trx: Knex, sessionId: string, changes: StandingChanges): Promise<void> {
  await trx('sessions').where({ session_id: sessionId }).update(changes)
}

/** Notes how many messages the panel has got about a session, and that its workflow is at work. */
export async function updatePostbackCount(trx: Knex, sessionId: string, count: number, now: Date): Promise<void> {
  await trx('sessions')
    .where({ session_id: sessionId })
    .update({ postback_count: count, workflow_started_at: trx.raw('coalesce(workflow_started_at, ?)', [now]) })
}

/** Sessions whose workflow nobody is known to have started, oldest first: the janitor's list. */
export async function findUnstartedSessions(knex: Knex, olderThan: Date, limit: number): Promise<SessionRow[]> {
  return knex('sessions')
    .select(knex.raw(sessionColumns))
    .whereNull('workflow_started_at')
    .where('created_at', '<', olderThan)
    .orderBy('created_at')
    .limit(limit)
}

const orNull = (row: unknown): SessionRow | null => (row as SessionRow | undefined) ?? null
