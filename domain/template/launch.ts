import { alpha3Of } from '../country.js'
import type { Money } from '../money.js'
import {
  NON_INTEGRATED_PLATFORM,
  type PlanQualification,
  type PlanQuota,
  type SoftLaunch,
  type SurveyPlan,
} from '../plan/survey-plan.js'
import type { BuyerQualification, BuyerSurvey } from './buyer-survey.js'
import { type Translation, translate } from './translate.js'

/** The terms of a launch, in addition to the survey. */
export interface LaunchTerms {
  readonly psSurveyId: number
  readonly liveUrl: string
  readonly price: Money
  /** Panel ids as configuration spells them. */
  readonly panels: readonly string[]
  readonly launchedAt: Date
  /** Days from `launchedAt`. */
  readonly fieldTime: number
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/**
 * Builds the survey plan of a launched survey (docs/templates.md, The launch). Respondents count in every cell that
 * fits. A qualification without an equivalent in the gateway adds one to the count of additional qualifications. A
 * quota with such a criterion has no target of its own, because we cannot check the criterion and any respondent would
 * fill the cell.
 * @param translation for the country of the survey
 */
export function planOf(survey: BuyerSurvey, terms: LaunchTerms, translation: Translation): SurveyPlan {
  const screening = translateAll(survey.qualifications, translation)
  const finish = new Date(terms.launchedAt.getTime() + terms.fieldTime * DAY_MS)
  return {
    surveyId: String(terms.psSurveyId),
    title: survey.title,
    country: countryOf(survey.localization),
    locale: survey.localization.replace('_', '-'),
    surveyUrl: terms.liveUrl,
    type: 'interview',
    estimatedLoi: survey.loi,
    estimatedIr: survey.ir,
    // the buyer gives only the IR: the share of admitted respondents who complete
    estimatedCr: survey.ir,
    targetCompletes: survey.completes,
    surveyPlatform: survey.surveyPlatform ?? NON_INTEGRATED_PLATFORM,
    targetPanels: terms.panels,
    pricing: { cpi: Number(terms.price.amountMinor), unit: 'fractional', currency: terms.price.currency },
    qualifications: screening.known,
    ...(screening.unknown === 0 ? {} : { additionalQualificationCount: screening.unknown }),
    quotas: survey.quotas.map((quota): PlanQuota => {
      const { known, unknown } = translateAll(quota.criteria, translation)
      return {
        id: quota.buyerQuotaId,
        qualifications: known,
        ...(unknown === 0 ? { targetCompletes: quota.requiredCount } : { additionalQualificationCount: unknown }),
      }
    }),
    ...(survey.groupReference === undefined ? {} : { groupId: survey.groupReference }),
    finishDate: finish.toISOString(),
    quotaRule: 'every',
  }
}

/**
 * The soft launch of a survey that asks for one: a tenth of its completes, at least one, and two hours to look at their
 * answers. The PureSpectrum Buy API has the flag, but no figures.
 */
export function softLaunchOf({
  softLaunch,
  completes,
}: Pick<BuyerSurvey, 'softLaunch' | 'completes'>): SoftLaunch | null {
  return softLaunch === true ? { completes: Math.max(1, Math.floor(completes / 10)), pauseMs: 2 * HOUR_MS } : null
}

/** ISO 3166-1 alpha-3 of `en_US`. @throws RangeError for a country that does not exist */
export function countryOf(localization: string): string {
  const country = alpha3Of(localization.split('_')[1] ?? '')
  if (country === null) throw new RangeError(`"${localization}" has no valid country code`)
  return country
}

function translateAll(qualifications: readonly BuyerQualification[], translation: Translation) {
  const all = qualifications.map((qualification) => translate(qualification, translation))
  const known = all.filter((one): one is PlanQualification => one !== null)
  return { known, unknown: all.length - known.length }
}
