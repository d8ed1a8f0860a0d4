import type { z } from 'zod'
import { availableOf, type TranslatedSurvey } from '../../domain/feed/translate-survey.js'
import type { Money } from '../../domain/money.js'
import type { PlanPricing, PlanQualification, SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Clause, NumberRange, QuotaStatus, Survey } from '../../domain/survey.js'
import type { Pricing } from '../demand/plan-schemas.js'
import { inWireNames } from '../demand/wire-names.js'
import { SupplierQuota, SupplierSurveyPlan } from './schemas.js'

/** `OPEN`, `PAUSED`, `CLOSED` (Kantar Gateway API, Status). */
export type SupplierStatus = Uppercase<QuotaStatus>

type Qualification = SupplierPlan['qualifications'][number]

/** The output of a schema, read only, with a price in any currency of a survey. */
type Shown<Given> =
  Given extends z.output<typeof Pricing>
    ? PlanPricing
    : Given extends readonly (infer Item)[]
      ? readonly Shown<Item>[]
      : Given extends object
        ? { readonly [Name in keyof Given]: Shown<Given[Name]> }
        : Given

/**
 * A survey plan as panels see it (Kantar Gateway API, SupplierSurveyPlan), without its status, which differs by panel.
 * Contains no data of the buyer: no URL of the survey, no id of the buyer's, no platform, no target panels.
 */
export type SupplierPlan = Shown<Omit<z.output<typeof SupplierSurveyPlan>, 'status'>>

/**
 * One of our own plans: as the buyer posted it, with its counts.
 * @param survey the plan as the catalogue has it: its counts and statuses are those of its revision
 */
export function ownSupplierPlan(surveyId: string, plan: SurveyPlan, survey: Survey): SupplierPlan {
  const available = availableOf(survey)
  const standing = new Map(survey.quotas.map((quota) => [quota.quotaId, quota]))
  return inWireNames(SupplierSurveyPlan.shape, {
    ...plan,
    id: surveyId,
    loi: plan.estimatedLoi,
    cr: plan.estimatedCr,
    ir: plan.estimatedIr,
    availableCompletes: available,
    quotas: plan.quotas.map((quota) =>
      inWireNames(SupplierQuota.shape, {
        ...quota,
        // a quota without its own target is limited only by the plan
        availableCompletes: standing.get(quota.id)?.available ?? available,
        status: statusWord(standing.get(quota.id)?.status ?? 'open'),
        qualifications: quota.qualifications.map(planQualification),
      }),
    ),
    qualifications: plan.qualifications.map(planQualification),
  })
}

/** A provider's survey in the gateway's vocabulary. */
export function upstreamSupplierPlan(surveyId: string, survey: Survey, translated: TranslatedSurvey): SupplierPlan {
  return {
    id: surveyId,
    country: survey.country,
    ...given('locale', survey.locale?.replace('_', '-')),
    type: 'interview',
    loi: Math.max(1, Math.round(survey.loiMinutes)),
    cr: Math.round(survey.conversionPercent ?? survey.irPercent),
    ir: Math.round(survey.irPercent),
    available_completes: translated.available,
    pricing: inMinorUnits(survey.price),
    additional_qualification_count: translated.additional,
    quotas: translated.quotas.map((quota): SupplierPlan['quotas'][number] => ({
      id: quota.id,
      available_completes: quota.available,
      status: statusWord(quota.status),
      qualifications: quota.clauses.map(clauseQualification),
      additional_qualification_count: quota.additional,
      ...given('pricing', quota.price === null ? undefined : inMinorUnits(quota.price)),
    })),
    qualifications: translated.clauses.map(clauseQualification),
    resume_allowed: survey.resumeAllowed,
    ...given('group_id', survey.groupId),
    ...given('project_id', survey.projectId),
    ...given('finish_date', survey.finishAt),
    ...given('device_requirements', survey.devices === null || survey.devices.length === 0 ? null : survey.devices),
  }
}

const WORDS = { open: 'OPEN', paused: 'PAUSED', closed: 'CLOSED' } as const satisfies Record<
  QuotaStatus,
  SupplierStatus
>
export const statusWord = (status: QuotaStatus): SupplierStatus => WORDS[status]

const planQualification = ({ questionId, answers, ranges }: PlanQualification): Qualification => ({
  question_id: questionId,
  qualifying_answers: ranges?.map(rangeText) ?? answers ?? [],
})

const clauseQualification = ({ attribute, answers, ranges }: Clause): Qualification => ({
  question_id: attribute,
  qualifying_answers: ranges?.map(rangeText) ?? answers ?? [],
})

const rangeText = ({ from, to }: NumberRange): string => `${from}-${to}`
const inMinorUnits = ({ amountMinor, currency }: Money): SupplierPlan['pricing'] => ({
  cpi: Number(amountMinor),
  unit: 'fractional',
  currency,
})

/** An object with the field, or an empty one when the value is null or undefined. */
function given<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { readonly [Key in Name]?: Value } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value })
}
