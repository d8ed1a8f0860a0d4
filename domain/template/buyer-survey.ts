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

/** A cell: a number of completes of respondents who meet all of its criteria (PureSpectrum Buy API, quotas). */
export interface BuyerQuota {
  /** The buyer's own id, unique within the survey. */
  readonly buyerQuotaId: string
  readonly psQuotaId: string
  readonly title: string
  readonly requiredCount: number
  readonly criteria: readonly BuyerQualification[]
}

/** A quota as it was sent: the ids are optional. */
export type BuyerQuotaRequest = Omit<BuyerQuota, 'buyerQuotaId' | 'psQuotaId'> & {
  readonly buyerQuotaId?: string | undefined
  readonly psQuotaId?: string | undefined
}

/** The settings of a survey, without its qualifications and quotas. Undefined = not given. */
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
  /** The platform whose server reports outcomes; undefined = the browser reports them. */
  readonly surveyPlatform?: string | undefined
  readonly softLaunch?: boolean | undefined
  readonly scheduledLaunch?: boolean | undefined
  /** Surveys with the same reference exclude each other's respondents. */
  readonly groupReference?: string | undefined
  /** Fields that are only stored and shown, by their names in the PureSpectrum Buy API. */
  readonly shown?: Readonly<Record<string, unknown>> | undefined
}

/** A request for a survey, or the survey of a template. */
export interface SurveyRequest extends SurveySettings {
  readonly qualifications?: readonly BuyerQualification[] | undefined
  readonly quotas?: readonly BuyerQuotaRequest[] | undefined
}

/** The required settings: those that a payload overrides in a template (PureSpectrum Buy API, Note). */
export const NEEDED = ['title', 'categoryCode', 'localization', 'completes', 'ir', 'loi'] as const
type Needed = (typeof NEEDED)[number]

/** A buyer's survey, launched or not. */
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

/** Generates ids for quotas without one. */
export interface QuotaIds {
  /** 15 letters and digits. */
  readonly buyerQuotaId: () => string
  /** A UUID. */
  readonly psQuotaId: () => string
}

/** True for the same questions with the same conditions and ranges, in any order. */
export function sameCriteria(left: readonly BuyerQualification[], right: readonly BuyerQualification[]): boolean {
  return left.length === right.length && canonical(left) === canonical(right)
}

function canonical(criteria: readonly BuyerQualification[]): string {
  const texts = criteria.map(({ code, conditions, ranges }) =>
    JSON.stringify([code, conditions?.toSorted() ?? null, ranges?.map(({ from, to }) => `${from}-${to}`).toSorted()]),
  )
  return texts.toSorted().join()
}
