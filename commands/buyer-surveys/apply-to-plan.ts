import { isDeepStrictEqual } from 'node:util'
import type { Knex } from '../../db/connect.js'
import type { PlanRecord } from '../../db/read-models/plan-record.js'
import type { BuyerSurveyRecord } from '../../db/rows/buyer-survey.js'
import { DEFAULT_POLICY, type PlanStatus, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { BuyerSurvey } from '../../domain/template/buyer-survey.js'
import { softLaunchOf } from '../../domain/template/launch.js'
import { insertPlan, newPlanId } from '../plans/launch.js'
import { lockOwnPlan } from '../plans/own-plan.js'
import { replacePlan } from '../plans/replace.js'
import { setQuotaStatus } from '../plans/set-quota-status.js'
import { setPlanStatus } from '../plans/set-status.js'
import { writePolicy } from '../plans/write-policy.js'

/** The result of an edit. */
export interface SurveyEdit {
  readonly survey: BuyerSurvey
  /** The status after the edit; undefined = unchanged. */
  readonly wanted: 'draft' | PlanStatus | undefined
}

/** Builds the plan of a survey. An error rolls the edit back and reaches the caller. */
export type PlanOfSurvey = (psSurveyId: number, survey: BuyerSurvey, launchedAt: Date) => SurveyPlan

/** Why a plan does not allow an edit. */
export type EditRefusal =
  | { readonly kind: 'is_draft' }
  | { readonly kind: 'is_launched' }
  | { readonly kind: 'plan_deleted' }
  /** `taken`: the least target that the survey may have. */
  | { readonly kind: 'below_completes'; readonly taken: number }
  /** It cannot be opened: its completes are reached, or its field time is over. */
  | { readonly kind: 'filled' }
  | { readonly kind: 'finish_date' }

/** Thrown within the edit's transaction, which then rolls back. */
export class SurveyEditRefused extends Error {
  override readonly name = 'SurveyEditRefused'
  constructor(readonly refusal: EditRefusal) {
    super(`the plan does not allow the edit: ${refusal.kind}`)
  }
}

/**
 * Applies an edit of a survey to its plan, in the edit's transaction: launches a draft, replaces the version of a
 * launched plan, and opens, pauses or closes it. The caller holds the survey's lock, and stamps after the commit.
 * @param edit the survey after the edit, and the wanted status
 * @returns the launch, new or earlier; null = still a draft
 * @throws SurveyEditRefused with the reason
 */
export async function applyToPlan(
  trx: Knex,
  planOf: PlanOfSurvey,
  record: BuyerSurveyRecord,
  { survey, wanted }: SurveyEdit,
  now: Date,
): Promise<BuyerSurveyRecord['launched']> {
  const { launched } = record
  if (launched === null) return wanted === 'OPEN' ? launch(trx, planOf, record, survey, now) : stayDraft(wanted)
  if (wanted === 'draft') throw new SurveyEditRefused({ kind: 'is_launched' })
  const held = await lockOwnPlan(trx, record.demandPartner, launched.planId, now)
  if (held === null) throw new SurveyEditRefused({ kind: 'plan_deleted' })
  await replace(trx, held, planOf(record.psSurveyId, survey, launched.at), now)
  if (survey.softLaunch !== record.survey.softLaunch) {
    await writePolicy(trx, held.planId, { ...held.policy, softLaunch: softLaunchOf(survey) }, now)
  }
  if (wanted !== undefined) await changeStatus(trx, held, wanted, now)
  return launched
}

function stayDraft(wanted: SurveyEdit['wanted']): null {
  if (wanted === 'PAUSED' || wanted === 'CLOSED') throw new SurveyEditRefused({ kind: 'is_draft' })
  return null
}

async function launch(
  trx: Knex,
  planOf: PlanOfSurvey,
  record: BuyerSurveyRecord,
  survey: BuyerSurvey,
  at: Date,
): Promise<NonNullable<BuyerSurveyRecord['launched']>> {
  const planId = newPlanId()
  const plan = planOf(record.psSurveyId, survey, at)
  await insertPlan(trx, { planId, demandPartner: record.demandPartner, plan }, at)
  const softLaunch = softLaunchOf(survey)
  if (softLaunch !== null) await writePolicy(trx, planId, { ...DEFAULT_POLICY, softLaunch }, at)
  return { planId, at }
}

/** Replaces the plan if the edit changed it, and reopens filled quotas that have room again. */
async function replace(trx: Knex, held: PlanRecord, plan: SurveyPlan, now: Date): Promise<void> {
  if (isDeepStrictEqual(held.plan, plan)) return
  if ((await replacePlan(trx, held.planId, plan, now)) === 'below_completes') {
    const taken = held.completes.plan + held.held.plan - held.policy.overage
    throw new SurveyEditRefused({ kind: 'below_completes', taken })
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
  if (change.kind === 'refused') throw new SurveyEditRefused({ kind: change.reason })
}
