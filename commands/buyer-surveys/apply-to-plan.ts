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

/** What an edit makes of a survey. */
export interface SurveyEdit {
  readonly survey: BuyerSurvey
  /** What the survey is to be afterwards; undefined = as it is. */
  readonly wanted: 'draft' | PlanStatus | undefined
}

/** The plan that a survey is, or becomes, at its launch. What it throws changes nothing and reaches the caller. */
export type PlanOfSurvey = (psSurveyId: number, survey: BuyerSurvey, launchedAt: Date) => SurveyPlan

/** Why a plan does not allow an edit. */
export type EditRefusal =
  | { readonly kind: 'is_draft' }
  | { readonly kind: 'is_launched' }
  | { readonly kind: 'plan_deleted' }
  /** `taken`: how many completes the survey needs at least. */
  | { readonly kind: 'below_completes'; readonly taken: number }
  /** It cannot be opened: its completes are reached, or its field time has passed. */
  | { readonly kind: 'filled' }
  | { readonly kind: 'finish_date' }

/** Thrown within the edit's transaction, so that nothing of the edit stays. */
export class SurveyEditRefused extends Error {
  override readonly name = 'SurveyEditRefused'
  constructor(readonly refusal: EditRefusal) {
    super(`the plan does not allow the edit: ${refusal.kind}`)
  }
}

/**
 * Brings the plan of a survey into line with an edit, in the edit's transaction: launches a draft that is put live,
 * puts another version in the place of a launched one, opens, pauses or closes it. The caller holds the survey's lock,
 * and stamps after the commit.
 * @param edit with the survey as it is after the edit
 * @returns the launch, new or old; null = it stays a draft
 * @throws SurveyEditRefused naming what does not allow it
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

/** Another version of the plan, where the edit changed anything of it; quotas that got room again are opened again. */
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
