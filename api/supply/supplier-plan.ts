import { availableOf, type TranslatedSurvey } from '../../domain/feed/translate-survey.js'
import type { Money } from '../../domain/money.js'
import type { PlanPricing, PlanQualification, SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Clause, NumberRange, QuotaStatus, Survey } from '../../domain/survey.js'

/** `OPEN`, `PAUSED`, `CLOSED` (seed 000, Status). */
export type SupplierStatus = Uppercase<QuotaStatus>

interface Qualification {
  readonly question_id: string
  /** Answer ids, or ranges as "16-40". */
  readonly qualifying_answers: readonly string[]
}

interface Pricing {
  readonly cpi: number
  readonly unit: 'fractional' | 'main'
  readonly currency: string
}

interface SupplierQuota {
  readonly id: string
  readonly available_completes: number
  readonly status: SupplierStatus
  readonly qualifications: readonly Qualification[]
  readonly additional_qualification_count?: number
  readonly pricing?: Pricing
}

/**
 * A survey plan as panels see it (seed 000, SupplierSurveyPlan), but for its status, which is the panel's own. Nothing of
 * the buyer's is in it: no address of the survey, no id of theirs, no platform, no target panels.
 */
export interface SupplierPlan {
  readonly id: string
  readonly categories?: readonly string[]
  readonly country: string
  readonly locale?: string
  readonly type: SurveyPlan['type']
  readonly tags?: readonly string[]
  readonly loi: number
  readonly cr: number
  readonly ir: number
  readonly available_completes: number
  readonly pricing: Pricing
  readonly additional_qualification_count?: number
  readonly quotas: readonly SupplierQuota[]
  readonly qualifications: readonly Qualification[]
  readonly resume_allowed?: boolean
  readonly group_id?: string
  readonly project_id?: string
  readonly contact_emails?: readonly string[]
  readonly finish_date?: string
  readonly device_requirements?: readonly string[]
}

/**
 * One of our own plans: as the buyer posted it, with what is counted of it.
 * @param survey the plan as the catalogue has it: its counts and statuses are those of its revision
 */
export function ownSupplierPlan(surveyId: string, plan: SurveyPlan, survey: Survey): SupplierPlan {
  const available = availableOf(survey)
  const standing = new Map(survey.quotas.map((quota) => [quota.quotaId, quota]))
  return {
    id: surveyId,
    ...given('categories', plan.categories),
    country: plan.country,
    ...given('locale', plan.locale),
    type: plan.type,
    ...given('tags', plan.tags),
    loi: plan.estimatedLoi,
    cr: plan.estimatedCr,
    ir: plan.estimatedIr,
    available_completes: available,
    pricing: asPosted(plan.pricing),
    ...given('additional_qualification_count', plan.additionalQualificationCount),
    quotas: plan.quotas.map(
      (quota): SupplierQuota => ({
        id: quota.id,
        // without a target of its own the plan alone caps it
        available_completes: standing.get(quota.id)?.available ?? available,
        status: statusWord(standing.get(quota.id)?.status ?? 'open'),
        qualifications: quota.qualifications.map(planQualification),
        ...given('additional_qualification_count', quota.additionalQualificationCount),
        ...given('pricing', quota.pricing === undefined ? undefined : asPosted(quota.pricing)),
      }),
    ),
    qualifications: plan.qualifications.map(planQualification),
    ...given('resume_allowed', plan.resumeAllowed),
    ...given('group_id', plan.groupId),
    ...given('project_id', plan.projectId),
    ...given('contact_emails', plan.contactEmails),
    ...given('finish_date', plan.finishDate),
    ...given('device_requirements', plan.deviceRequirements),
  }
}

/** A provider's survey in the gateway's words. */
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
    quotas: translated.quotas.map(
      (quota): SupplierQuota => ({
        id: quota.id,
        available_completes: quota.available,
        status: statusWord(quota.status),
        qualifications: quota.clauses.map(clauseQualification),
        additional_qualification_count: quota.additional,
        ...given('pricing', quota.price === null ? undefined : inMinorUnits(quota.price)),
      }),
    ),
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
const asPosted = ({ cpi, unit, currency }: PlanPricing): Pricing => ({ cpi, unit, currency })
const inMinorUnits = ({ amountMinor, currency }: Money): Pricing => ({
  cpi: Number(amountMinor),
  unit: 'fractional',
  currency,
})

/** A field only where there is something to say. */
function given<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { readonly [Key in Name]?: Value } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value })
}
