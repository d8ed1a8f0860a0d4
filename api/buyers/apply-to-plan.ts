import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Knex } from '../../db/connect.js'
import type { BuyerSurveyRecord } from '../../db/stores/buyer-survey-store.js'
import type { PlanRecord } from '../../db/stores/plan-row.js'
import {
  insertPlan,
  ownPlan,
  replacePlan,
  setPlanStatus,
  setQuotaStatus,
  writePolicy,
} from '../../db/stores/plan-store.js'
import { DEFAULT_POLICY, type PlanStatus, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { BuyerSurvey } from '../../domain/template/buyer-survey.js'
import { countryOf, planOf, softLaunchOf } from '../../domain/template/launch.js'
import { adapterOf } from '../../providers/adapters.js'
import type { ApiDependencies } from '../dependencies.js'
import { malformed } from './errors.js'
import { launchTerms } from './launch-terms.js'

/** What a request may make of a survey: the seed's ps_survey_status. */
export type WantedStatus = 11 | 22 | 33 | 44 | undefined

const PLAN_STATUS = { 22: 'OPEN', 33: 'PAUSED', 44: 'CLOSED' } as const satisfies Record<number, PlanStatus>

/**
 * Brings the plan of a survey into line with an edit, in the edit's transaction: launches a draft that is put live, puts
 * another version in the place of a launched one, opens, pauses or closes it. The caller holds the survey's lock, and
 * stamps after the commit.
 * @param survey as it is after the edit
 * @returns the launch, new or old; null = it stays a draft
 * @throws BuyerError 400 naming what does not allow it
 */
export async function applyToPlan(
  trx: Knex,
  deps: ApiDependencies,
  record: BuyerSurveyRecord,
  survey: BuyerSurvey,
  wanted: WantedStatus,
  now: Date,
): Promise<BuyerSurveyRecord['launched']> {
  const { launched } = record
  if (launched === null) return wanted === 22 ? launch(trx, deps, record, survey, now) : stayDraft(wanted)
  if (wanted === 11) throw statusFault('cannot be 11 again: the survey is launched')
  const held = await ownPlan(trx, record.demandPartner, launched.planId, now)
  if (held === null) throw statusFault('cannot change: the survey plan was deleted; create a new survey')
  await replace(trx, held, planFor(deps, record, survey, launched.at), now)
  if (survey.softLaunch !== record.survey.softLaunch) {
    await writePolicy(trx, held.planId, { ...held.policy, softLaunch: softLaunchOf(survey) }, now)
  }
  if (wanted !== undefined) await changeStatus(trx, held, PLAN_STATUS[wanted], now)
  return launched
}

function stayDraft(wanted: WantedStatus): null {
  if (wanted === 33 || wanted === 44) throw statusFault('must be 11 or 22: the survey is a draft')
  return null
}

async function launch(
  trx: Knex,
  deps: ApiDependencies,
  record: BuyerSurveyRecord,
  survey: BuyerSurvey,
  at: Date,
): Promise<NonNullable<BuyerSurveyRecord['launched']>> {
  const planId = `plan_${randomBytes(18).toString('base64url')}`
  const plan = planFor(deps, record, survey, at)
  await insertPlan(trx, { planId, demandPartner: record.demandPartner, plan }, at)
  const softLaunch = softLaunchOf(survey)
  if (softLaunch !== null) await writePolicy(trx, planId, { ...DEFAULT_POLICY, softLaunch }, at)
  return { planId, at }
}

function planFor(
  deps: ApiDependencies,
  { psSurveyId }: Pick<BuyerSurveyRecord, 'psSurveyId'>,
  survey: BuyerSurvey,
  launchedAt: Date,
): SurveyPlan {
  const terms = { ...launchTerms(survey, deps), psSurveyId, launchedAt }
  return planOf(survey, terms, {
    vocabulary: adapterOf('purespectrum').vocabulary,
    questions: deps.config.targetingAttributes,
    country: countryOf(survey.localization),
  })
}

/** Another version of the plan, where the edit changed anything of it; quotas that got room again are opened again. */
async function replace(trx: Knex, held: PlanRecord, plan: SurveyPlan, now: Date): Promise<void> {
  if (isDeepStrictEqual(held.plan, plan)) return
  if ((await replacePlan(trx, held.planId, plan, now)) === 'below_completes') {
    const taken = held.completes.plan + held.held.plan - held.policy.overage
    const message = `must be at least ${taken}, in all and of each quota what it has: so many are completed or under way`
    throw malformed([{ field: 'completes_required', message }])
  }
  for (const { id, targetCompletes } of plan.quotas) {
    const before = held.plan.quotas.find((quota) => quota.id === id)
    const done = held.completes.quotas.get(id) ?? 0
    const hadEnded = before === undefined || (before.targetCompletes !== undefined && done >= before.targetCompletes)
    const hasRoom = targetCompletes === undefined || done < targetCompletes
    if (held.quotaStatuses.get(id) === 'CLOSED' && hadEnded && hasRoom) {
      await setQuotaStatus(trx, held.demandPartner, held.planId, id, 'OPEN', now)
    }
  }
}

async function changeStatus(trx: Knex, held: PlanRecord, status: PlanStatus, now: Date): Promise<void> {
  const change = await setPlanStatus(trx, held.demandPartner, held.planId, status, now)
  if (change.kind === 'refused') {
    throw statusFault(
      change.reason === 'filled'
        ? 'cannot be 22: the completes are reached; raise completes_required'
        : 'cannot be 22: the field time has passed; raise field_time',
    )
  }
}

const statusFault = (message: string) => malformed([{ field: 'ps_survey_status', message }])
