import type { Clause, Quota, QuotaStatus, Survey } from '../survey.js'
import { availableOfPlan, availableOfQuota, type Counting } from './counting.js'
import { GATEWAY, type PlanQualification, type PlanStatus, priceOfPlan, type SurveyPlan } from './survey-plan.js'

/** A plan with its current counts and statuses, for matching, the feed and the router. */
export interface PlanStanding extends Counting {
  readonly plan: SurveyPlan
  /** Our id for the demand partner. */
  readonly planId: string
  readonly status: PlanStatus
  /** Quota id -> status. */
  readonly quotaStatuses: ReadonlyMap<string, PlanStatus>
  /** Target panels whose cap is not reached. */
  readonly openPanels: readonly string[]
}

/** A plan as a survey of the catalogue, with clauses in the gateway's vocabulary (`gateway:age`). */
export function surveyOfPlan(standing: PlanStanding): Survey {
  const { plan } = standing
  return {
    providerSurveyId: standing.planId,
    status: wordOf(standing.status),
    country: plan.country,
    locale: plan.locale ?? null,
    loiMinutes: plan.estimatedLoi,
    irPercent: plan.estimatedIr,
    conversionPercent: plan.estimatedCr,
    price: priceOfPlan(plan.pricing),
    availableCompletes: availableOfPlan(standing),
    devices: plan.deviceRequirements ?? null,
    finishAt: plan.finishDate ?? null,
    groupId: plan.groupId ?? null,
    projectId: plan.projectId ?? null,
    resumeAllowed: plan.resumeAllowed ?? true,
    panels: standing.openPanels,
    ...(standing.policy.softLaunch !== null && !standing.fullyLaunched ? { softLaunch: true } : {}),
    clauses: plan.qualifications.map(clauseOf),
    quotas: plan.quotas.map((quota): Quota => {
      return {
        quotaId: quota.id,
        status: wordOf(standing.quotaStatuses.get(quota.id) ?? 'OPEN'),
        available: availableOfQuota(standing, quota.id),
        ...(quota.pricing === undefined ? {} : { price: priceOfPlan(quota.pricing) }),
        // one layer per clause, as in every quota of a gateway
        layers: quota.qualifications.map((qualification) => ({
          subQuotas: [{ clauses: [clauseOf(qualification)], available: null }],
        })),
        additionalQualifications: quota.additionalQualificationCount ?? 0,
      }
    }),
    additionalQualifications: plan.additionalQualificationCount ?? 0,
    fullQuotaTerminates: plan.quotaRule === 'every',
    entry: { survey_url: plan.surveyUrl, survey_id: plan.surveyId },
    enterable: true,
  }
}

function clauseOf({ questionId, answers, ranges }: PlanQualification): Clause {
  const attribute = `${GATEWAY}:${questionId}`
  return ranges === undefined ? { attribute, answers: answers ?? [] } : { attribute, ranges }
}

const WORDS = { OPEN: 'open', PAUSED: 'paused', CLOSED: 'closed' } as const satisfies Record<PlanStatus, QuotaStatus>
const wordOf = (status: PlanStatus): QuotaStatus => WORDS[status]
