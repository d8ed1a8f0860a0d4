import type { NumberRange } from '../survey.js'

/**
 * One question of a survey by its PureSpectrum code, with either conditions or ranges (PureSpectrum Buy API,
 * qualifications).
 */
export interface BuyerQualification {
  readonly code: number
  /** OR within a code. */
  readonly conditions?: readonly string[]
  /** Years (units 311), inclusive on both ends. */
  readonly ranges?: readonly NumberRange[]
}

/** A cell: so many completes of people who meet all of its criteria (PureSpectrum Buy API, quotas). */
export interface BuyerQuota {
  /** The buyer's own id, unique within the survey. */
  readonly buyerQuotaId: string
  readonly psQuotaId: string
  readonly title: string
  readonly requiredCount: number
  readonly criteria: readonly BuyerQualification[]
}

/** A quota as it was sent: without our id, and perhaps without the buyer's. */
export type BuyerQuotaRequest = Omit<BuyerQuota, 'buyerQuotaId' | 'psQuotaId'> & {
  readonly buyerQuotaId?: string | undefined
  readonly psQuotaId?: string | undefined
}

/** What a survey has beside its qualifications and quotas. Whatever was not given is undefined. */
export interface SurveySettings {
  readonly title?: string | undefined
  readonly categoryCode?: number | undefined
  /** `en_US`: language and country. */
  readonly localization?: string | undefined
  readonly completes?: number | undefined
  /** Percent. */
  readonly ir?: number | undefined
  /** Minutes. */
  readonly loi?: number | undefined
  /** Days from the launch. */
  readonly fieldTime?: number | undefined
  readonly liveUrl?: string | undefined
  /** Decimal text in major units, such as 2.5. */
  readonly offerPrice?: string | undefined
  /** ISO 4217. */
  readonly currency?: string | undefined
  readonly panels?: readonly string[] | undefined
  /** Whose server reports outcomes; undefined = the browser does. */
  readonly surveyPlatform?: string | undefined
  readonly softLaunch?: boolean | undefined
  readonly scheduledLaunch?: boolean | undefined
  /** Surveys with the same reference exclude each other's respondents. */
  readonly groupReference?: string | undefined
  /** What is kept and shown and decides nothing here, by the document's own names. */
  readonly shown?: Readonly<Record<string, unknown>> | undefined
}

/** A request for a survey, or what a template holds of one. */
export interface SurveyRequest extends SurveySettings {
  readonly qualifications?: readonly BuyerQualification[] | undefined
  readonly quotas?: readonly BuyerQuotaRequest[] | undefined
}

/**
 * The settings without which there is no survey: those which a payload overrides a template's by (PureSpectrum Buy API,
 * Note).
 */
export const NEEDED = ['title', 'categoryCode', 'localization', 'completes', 'ir', 'loi'] as const
type Needed = (typeof NEEDED)[number]

/** A survey as a buyer keeps it, launched or not. */
export interface BuyerSurvey extends Omit<SurveySettings, Needed> {
  readonly title: string
  readonly categoryCode: number
  readonly localization: string
  readonly completes: number
  readonly ir: number
  readonly loi: number
  readonly qualifications: readonly BuyerQualification[]
  readonly quotas: readonly BuyerQuota[]
}

/** Gives ids to quotas that come without. */
export interface QuotaIds {
  /** 15 letters and digits. */
  readonly buyerQuotaId: () => string
  /** A UUID. */
  readonly psQuotaId: () => string
}

/** The same questions with the same conditions and ranges, in whatever order. */
export function sameCriteria(left: readonly BuyerQualification[], right: readonly BuyerQualification[]): boolean {
  return left.length === right.length && canonical(left) === canonical(right)
}

function canonical(criteria: readonly BuyerQualification[]): string {
  const texts = criteria.map(({ code, conditions, ranges }) =>
    JSON.stringify([code, conditions?.toSorted() ?? null, ranges?.map(({ from, to }) => `${from}-${to}`).toSorted()]),
  )
  return texts.toSorted().join()
}
