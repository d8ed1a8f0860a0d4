import { fromMajorUnits, type Money, money } from '../money.js'
import type { Device, NumberRange } from '../survey.js'

/** The statuses of a plan and of each quota (Kantar Gateway API, Status). */
export const PLAN_STATUSES = ['OPEN', 'CLOSED', 'PAUSED'] as const
export type PlanStatus = (typeof PLAN_STATUSES)[number]

/**
 * The platform name of a survey whose platform only redirects browsers (Kantar Gateway API, Knowledge Base). Upper
 * case.
 */
export const NON_INTEGRATED_PLATFORM = 'NON_INTEGRATED_SURVEY_PLATFORM'

/**
 * The name of the connection and of the provider of our own plans
 * (docs/decisions/0015-own-plans-are-one-more-connection.md).
 */
export const GATEWAY = 'gateway'

/** A price as the buyer wrote it: 150 fractional USD and 2 main USD are 1.50 and 2.00 (Kantar Gateway API, Pricing). */
export interface PlanPricing {
  readonly cpi: number
  readonly unit: 'fractional' | 'main'
  /** ISO 4217. */
  readonly currency: string
}

/** One question with either answers or ranges, never both (Kantar Gateway API, Qualification). */
export interface PlanQualification {
  readonly questionId: string
  readonly answers?: readonly string[]
  /** Inclusive on both ends (docs/buyers.md, Targeting). */
  readonly ranges?: readonly NumberRange[]
}

export interface PlanQuota {
  /** The demand partner's own id, unique within the plan. */
  readonly id: string
  readonly qualifications: readonly PlanQualification[]
  readonly additionalQualificationCount?: number
  /** Overrides the plan's. */
  readonly pricing?: PlanPricing
  /** Absent = capped by the plan alone. */
  readonly targetCompletes?: number
}

/** A buyer's survey plan as it was posted (Kantar Gateway API, SurveyPlan); omitted fields are absent. */
export interface SurveyPlan {
  /** The demand partner's own id of the survey; not ours. */
  readonly surveyId: string
  readonly categories?: readonly string[]
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  /** `es-US`. */
  readonly locale?: string
  readonly surveyUrl: string
  readonly type: 'interview' | 'tracker'
  readonly tags?: readonly string[]
  /** Minutes. */
  readonly estimatedLoi: number
  /** Percent. */
  readonly estimatedCr: number
  readonly estimatedIr: number
  readonly targetCompletes: number
  /** As the buyer spelled it; compared without case. */
  readonly surveyPlatform: string
  /** Panel ids as configuration spells them. */
  readonly targetPanels: readonly string[]
  readonly pricing: PlanPricing
  readonly additionalQualificationCount?: number
  readonly quotas: readonly PlanQuota[]
  readonly qualifications: readonly PlanQualification[]
  readonly resumeAllowed?: boolean
  readonly groupId?: string
  readonly projectId?: string
  readonly contactEmails?: readonly string[]
  /** ISO 8601 with zone, as posted. */
  readonly finishDate?: string
  readonly deviceRequirements?: readonly Device[]
  /**
   * `first`: a respondent takes a slot of one quota (Kantar Gateway API). `every`: of each quota that fits, and a full
   * one among those ends the session (PureSpectrum Buy and Supply API: cells of several dimensions).
   */
  readonly quotaRule: 'first' | 'every'
  /** A name that panels may see (PureSpectrum Buy API, survey_title). */
  readonly title?: string
}

/** What a buyer agrees in addition to the plan (docs/buyers.md, What is agreed beside a plan:). */
export interface PlanPolicy {
  /** Completes beyond the target that are still paid. */
  readonly overage: number
  /** An unsigned browser outcome is enough for a complete to be payable. */
  readonly acceptUnsigned: boolean
  /** 0-100: how much of what is not allocated to it a panel may take (PureSpectrum Supply API, Overview). */
  readonly flexibilityPercent: number
  /** Panel -> completes allocated to it; empty = nothing is allocated. */
  readonly allocations: Readonly<Record<string, number>>
  /** A limited number of completes first, then a pause, so that the buyer can check the data. */
  readonly softLaunch: SoftLaunch | null
}

export interface SoftLaunch {
  readonly completes: number
  /** Milliseconds between the last of those completes and the full launch. */
  readonly pauseMs: number
}

export const DEFAULT_POLICY: PlanPolicy = {
  overage: 0,
  acceptUnsigned: false,
  flexibilityPercent: 100,
  allocations: {},
  softLaunch: null,
}

/** What a complete pays, in minor units. @throws RangeError for a currency that is not three capitals */
export function priceOfPlan(pricing: PlanPricing): Money {
  return pricing.unit === 'main' ? fromMajorUnits(pricing.cpi, pricing.currency) : money(pricing.cpi, pricing.currency)
}

/** True when unsigned browser redirects report the outcomes. */
export function isNonIntegrated(plan: Pick<SurveyPlan, 'surveyPlatform'>): boolean {
  return plan.surveyPlatform.toUpperCase() === NON_INTEGRATED_PLATFORM
}
