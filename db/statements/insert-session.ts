import type { Money } from '../../domain/money.js'
import type { Grade } from '../../domain/outcome.js'
import type { PanelistSnapshot } from '../../domain/panelist.js'
import type { Reward } from '../../domain/reward.js'
import type { Survey } from '../../domain/survey.js'
import { brokenConstraint, type Knex } from '../connect.js'
import type { NewPlanSession } from '../rows/plan-session.js'
import { insertPlanSession } from '../stores/plan-session-store.js'
import { surveyToJson } from '../stores/survey-json.js'

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
  /** Null when the price comes with the provider's entry. */
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
    /** The survey where it is for this panelist alone, because the catalogue does not have it. */
    readonly survey?: Survey | null
  }
  /** Only for sessions of our own survey plans. */
  readonly plan?: NewPlanSession | null
}

/** Thrown when the panelist has an unfinished session of this survey, as detected by the unique key. */
export class SessionExists extends Error {
  override readonly name = 'SessionExists'
}

/**
 * Stores a session and the inputs of its opening, in the caller's transaction. Writes `sessions` and `session_inputs`
 * in one statement, because a panelist waits for it; a session of our own plan needs a second one, for `plan_sessions`.
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
