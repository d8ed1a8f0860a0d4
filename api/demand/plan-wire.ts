import { countryOf } from '../../domain/country.js'
import { availableOfPlan, availableOfQuota } from '../../domain/plan/counting.js'
import type { PlanStanding } from '../../domain/plan/plan-survey.js'
import type { PlanQualification, SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import { GatewayValidationError } from '../http/gateway-errors.js'
import { findPanel, type PlanRules, planFaults } from './plan-checks.js'
import { PlanWithStatus, QuotaWithStatus, SurveyPlanRequest } from './plan-schemas.js'
import { wireFaults } from './wire-faults.js'
import { inOurNames, inWireNames } from './wire-names.js'

/** At most this many faults in an answer, so that a body full of faults cannot cause an answer many times its size. */
const MOST_FAULTS = 1_000

/**
 * Reads a SurveyPlan as a buyer posts it (Kantar Gateway API, POST Survey Plan).
 * @throws GatewayValidationError with every fault: those of the schema and those of `planFaults`
 */
export function readSurveyPlan(body: unknown, rules: PlanRules): SurveyPlan {
  const read = SurveyPlanRequest.safeParse(body)
  const faults = [...(read.success ? [] : wireFaults(read.error, body)), ...planFaults(body, rules)]
  if (read.success && faults.length === 0) return planOf(read.data, rules.panels)
  const more = faults.length - MOST_FAULTS
  throw more > 0
    ? new GatewayValidationError(faults.slice(0, MOST_FAULTS), `${faults.length} faults, of which ${more} are left out`)
    : new GatewayValidationError(faults)
}

function planOf(body: SurveyPlanRequest, panels: readonly PanelConfig[]): SurveyPlan {
  const { quotas, qualifications, target_panels, ...members } = body
  return {
    ...inOurNames(members),
    // normalised, because code that counts by country compares codes exactly
    country: countryOf(body.country) ?? body.country,
    // spelled as in the configuration, because code that counts by panel compares ids exactly
    targetPanels: target_panels.map(({ name }) => findPanel(panels, name)?.id ?? name),
    quotas: quotas.map((quota) => ({
      ...inOurNames(quota),
      qualifications: quota.qualifications.map(qualificationOf),
    })),
    qualifications: qualifications.map(qualificationOf),
    quotaRule: 'first',
  }
}

function qualificationOf(given: SurveyPlanRequest['qualifications'][number]): PlanQualification {
  const answers: string[] = []
  const ranges: { from: number; to: number }[] = []
  for (const answer of given.qualifying_answers) {
    if (typeof answer === 'string') answers.push(answer)
    else ranges.push({ from: answer.start, to: answer.end })
  }
  return ranges.length > 0 ? { questionId: given.question_id, ranges } : { questionId: given.question_id, answers }
}

/** A plan as its buyer posted it, with its id and its statuses (Kantar Gateway API, SurveyPlanWithStatus). */
export function planToWire({ planId, plan, status, quotaStatuses }: PlanStanding) {
  return inWireNames(PlanWithStatus.shape, {
    ...plan,
    id: planId,
    status,
    targetPanels: plan.targetPanels.map((name) => ({ name })),
    quotas: plan.quotas.map((quota) =>
      inWireNames(QuotaWithStatus.shape, {
        ...quota,
        qualifications: quota.qualifications.map(qualificationToWire),
        status: quotaStatuses.get(quota.id) ?? 'OPEN',
      }),
    ),
    qualifications: plan.qualifications.map(qualificationToWire),
  })
}

function qualificationToWire({ questionId, answers, ranges }: PlanQualification) {
  return {
    question_id: questionId,
    qualifying_answers:
      ranges === undefined ? (answers ?? []) : ranges.map(({ from, to }) => ({ start: from, end: to })),
  }
}

/** The completes left (Kantar Gateway API, AvailableCompletes); a quota without a target has those of the plan. */
export function availableToWire(standing: PlanStanding) {
  const survey = availableOfPlan(standing)
  return {
    survey,
    quotas: Object.fromEntries(standing.plan.quotas.map(({ id }) => [id, availableOfQuota(standing, id) ?? survey])),
  }
}
