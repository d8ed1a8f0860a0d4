import { randomBytes, randomUUID } from 'node:crypto'
import { insertPlan } from '../../commands/plans/launch.js'
import { writePolicy } from '../../commands/plans/write-policy.js'
import { enterPlanSession, type PlanEntry } from '../../commands/sessions/enter-plan.js'
import { storeEntry } from '../../commands/sessions/store-entry.js'
import type { Knex } from '../../db/connect.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { insertSession, type NewSession } from '../../db/statements/insert-session.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { DEFAULT_POLICY, GATEWAY, type PlanPolicy, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import { aSession, MINUTE, mustFind, T0 } from './sessions.js'

/**
 * The plan of the Kantar Gateway API's example without its quotas and qualifications; give what matters to the test.
 */
export function aPlan(given: Partial<SurveyPlan> = {}): SurveyPlan {
  return {
    surveyId: 'demand-survey-plan-id',
    country: 'USA',
    locale: 'es-US',
    surveyUrl: 'https://survey-platform.example/survey/e9790abf',
    type: 'interview',
    estimatedLoi: 5,
    estimatedCr: 25,
    estimatedIr: 80,
    targetCompletes: 30,
    surveyPlatform: 'Decipher',
    targetPanels: ['lifepoints'],
    pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
    quotas: [],
    qualifications: [],
    quotaRule: 'first',
    ...given,
  }
}

/** Stores a plan of the buyer `acme`, stamped. @returns its id */
export async function launch(
  knex: Knex,
  given: Partial<SurveyPlan> = {},
  policy: Partial<PlanPolicy> = {},
  demandPartner = 'acme',
): Promise<string> {
  await openConnection(knex, { connection: GATEWAY, provider: GATEWAY })
  const planId = `plan_${randomBytes(12).toString('hex')}`
  await knex.transaction(async (trx) => {
    await insertPlan(trx, { planId, demandPartner, plan: aPlan(given) }, T0)
    if (Object.keys(policy).length > 0) await writePolicy(trx, planId, { ...DEFAULT_POLICY, ...policy }, T0)
  })
  await stampRevisions(knex)
  return planId
}

/** A session of a plan whose start link can be clicked. */
export async function planSession(
  knex: Knex,
  planId: string,
  quotaIds: readonly string[] = [],
  given: Partial<NewSession> = {},
): Promise<SessionRow> {
  const session = aSession({
    connection: GATEWAY,
    provider: GATEWAY,
    surveyId: surveyIdOf(GATEWAY, planId),
    providerSurveyId: planId,
    providerQuotaId: quotaIds[0] ?? null,
    plan: { planId, quotaIds, finishToken: randomBytes(24).toString('base64url'), panelistProfile: { age: 22 } },
    ...given,
  })
  await knex.transaction((trx) => insertSession(trx, session))
  const token = randomUUID()
  await storeEntry(
    knex,
    session.sessionId,
    { url: `https://survey-platform.example/survey?t=${token}`, providerSessionId: token },
    T0,
  )
  return mustFind(knex, session.sessionId)
}

export const HOLD_MS = 30 * MINUTE

/** The click on a plan's session. */
export const enter = (knex: Knex, session: SessionRow, now: Date = T0): Promise<PlanEntry> =>
  enterPlanSession(knex, session.entry_token, () => HOLD_MS, now)
