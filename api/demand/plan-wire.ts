import { countryOf } from '../../domain/country.js'
import { availableOfPlan, availableOfQuota } from '../../domain/plan/counting.js'
import type { PlanStanding } from '../../domain/plan/plan-survey.js'
import type { PlanQualification, PlanQuota, SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import { GatewayValidationError } from '../http/gateway-errors.js'
import { findPanel, type PlanRules, planFaults } from './plan-checks.js'
import { SurveyPlanRequest } from './plan-schemas.js'
import { wireFaults } from './wire-faults.js'

/** Nobody reads more faults than this; a body of nothing but faults must not make an answer many times its size. */
const MOST_FAULTS = 1_000

/**
 * Reads a SurveyPlan as a buyer posts it (seed 000, POST Survey Plan).
 * @throws GatewayValidationError with every fault, of form and of substance together
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
  return present({
    surveyId: body.survey_id,
    categories: body.categories,
    // the one spelling: everything that counts by country compares codes as they are
    country: countryOf(body.country) ?? body.country,
    locale: body.locale,
    surveyUrl: body.survey_url,
    type: body.type,
    tags: body.tags,
    estimatedLoi: body.estimated_loi,
    estimatedCr: body.estimated_cr,
    estimatedIr: body.estimated_ir,
    targetCompletes: body.target_completes,
    surveyPlatform: body.survey_platform,
    // spelled as configuration spells them: everything that counts by panel compares them as they are
    targetPanels: body.target_panels.map(({ name }) => findPanel(panels, name)?.id ?? name),
    pricing: body.pricing,
    additionalQualificationCount: body.additional_qualification_count,
    quotas: body.quotas.map((quota) =>
      present({
        id: quota.id,
        qualifications: quota.qualifications.map(qualificationOf),
        additionalQualificationCount: quota.additional_qualification_count,
        pricing: quota.pricing,
        targetCompletes: quota.target_completes,
      }),
    ),
    qualifications: body.qualifications.map(qualificationOf),
    resumeAllowed: body.resume_allowed,
    groupId: body.group_id,
    projectId: body.project_id,
    contactEmails: body.contact_emails,
    finishDate: body.finish_date,
    deviceRequirements: body.device_requirements,
    quotaRule: 'first' as const,
  })
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

/** A plan as its buyer posted it, with its id and its statuses (seed 000, SurveyPlanWithStatus). */
export function planToWire({ planId, plan, status, quotaStatuses }: PlanStanding) {
  return present({
    id: planId,
    survey_id: plan.surveyId,
    categories: plan.categories,
    country: plan.country,
    locale: plan.locale,
    survey_url: plan.surveyUrl,
    type: plan.type,
    tags: plan.tags,
    estimated_loi: plan.estimatedLoi,
    estimated_cr: plan.estimatedCr,
    estimated_ir: plan.estimatedIr,
    target_completes: plan.targetCompletes,
    survey_platform: plan.surveyPlatform,
    status,
    target_panels: plan.targetPanels.map((name) => ({ name })),
    pricing: plan.pricing,
    additional_qualification_count: plan.additionalQualificationCount,
    quotas: plan.quotas.map((quota) => ({ ...quotaToWire(quota), status: quotaStatuses.get(quota.id) ?? 'OPEN' })),
    qualifications: plan.qualifications.map(qualificationToWire),
    resume_allowed: plan.resumeAllowed,
    group_id: plan.groupId,
    project_id: plan.projectId,
    contact_emails: plan.contactEmails,
    finish_date: plan.finishDate,
    device_requirements: plan.deviceRequirements,
  })
}

function quotaToWire(quota: PlanQuota) {
  return present({
    id: quota.id,
    qualifications: quota.qualifications.map(qualificationToWire),
    additional_qualification_count: quota.additionalQualificationCount,
    pricing: quota.pricing,
    target_completes: quota.targetCompletes,
  })
}

function qualificationToWire({ questionId, answers, ranges }: PlanQualification) {
  return {
    question_id: questionId,
    qualifying_answers:
      ranges === undefined ? (answers ?? []) : ranges.map(({ from, to }) => ({ start: from, end: to })),
  }
}

/** What is still to be had (seed 000, AvailableCompletes); a quota without a target has what the plan has. */
export function availableToWire(standing: PlanStanding) {
  const survey = availableOfPlan(standing)
  return {
    survey,
    quotas: Object.fromEntries(standing.plan.quotas.map(({ id }) => [id, availableOfQuota(standing, id) ?? survey])),
  }
}

type Present<Given> = { [Key in keyof Given as undefined extends Given[Key] ? never : Key]: Given[Key] } & {
  [Key in keyof Given as undefined extends Given[Key] ? Key : never]?: Exclude<Given[Key], undefined>
}

/** Leaves out what is undefined: what the buyer did not say stays unsaid. */
function present<Given extends object>(given: Given): Present<Given> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<Given>
}
