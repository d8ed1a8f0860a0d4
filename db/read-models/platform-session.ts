import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { rows } from '../raw.js'

/** A session of one of our own plans, with the data that its survey platform may see. */
export interface PlatformSession {
  readonly sessionId: string
  readonly panel: string
  /** Null once the panelist was erased. */
  readonly panelistId: string | null
  readonly customPanelData: Record<string, unknown> | null
  /** Null once the session has ended. */
  readonly panelistProfile: Record<string, unknown> | null
  readonly finishToken: string
  /** As the buyer posted it. */
  readonly surveyId: string
  readonly surveyUrl: string
  readonly surveyPlatform: string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** The form of our tokens. */
const TOKEN = /^[\w-]{16,200}$/

/** Finds the session by the token in the survey's URL; also for a deleted plan. */
export async function findByToken(knex: Knex, token: string): Promise<PlatformSession | null> {
  if (!TOKEN.test(token)) return null
  // the connection is the first column of the index on provider_session_id
  return find(knex, 's.connection = :gateway and s.provider_session_id = :token', { gateway: GATEWAY, token })
}

/**
 * Finds the session by our id, which `GET /sessions/{token}` returns, or by the token (docs/router.md, What the survey
 * platform sees).
 */
export async function findByIdOrToken(knex: Knex, idOrToken: string): Promise<PlatformSession | null> {
  if (!UUID.test(idOrToken)) return findByToken(knex, idOrToken)
  return find(knex, 's.session_id = :sessionId::uuid', { sessionId: idOrToken })
}

async function find(knex: Knex, where: string, values: Record<string, string>): Promise<PlatformSession | null> {
  const [session] = await rows<PlatformSession>(
    knex,
    `select s.session_id as "sessionId", s.panel, s.panelist_id as "panelistId",
            s.custom_panel_data as "customPanelData", p.panelist_profile as "panelistProfile",
            p.finish_token as "finishToken", v.plan ->> 'surveyId' as "surveyId", v.plan ->> 'surveyUrl' as "surveyUrl",
            v.plan ->> 'surveyPlatform' as "surveyPlatform"
       from sessions s join plan_sessions p using (session_id) join survey_plans v using (plan_id)
      where ${where}`,
    values,
  )
  return session ?? null
}
