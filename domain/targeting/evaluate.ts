import type { Money } from '../money.js'
import type { Quota, Survey, SurveyStatus } from '../survey.js'
import { evaluateClause } from './clause.js'
import type { ExpandedProfile } from './expand.js'
import { type ClauseTrace, chooseQuota, evaluateQuota, type QuotaTrace } from './quota.js'
import { type InFlight, NOTHING_IN_FLIGHT, quotaRemaining, surveyRemaining } from './remaining.js'
import { type Circumstances, evaluateRules, type RuleTrace } from './rules.js'
import { allOf, loweredBy, type Verdict } from './verdict.js'

/** What is known of a survey beyond the provider's own description. */
export interface SurveyStanding {
  /** The row's status; the survey's own when absent. */
  readonly status?: SurveyStatus
  /** Our sessions under way in it. */
  readonly inFlight?: InFlight
  /** How many of a hundred of those become completes; 100 when absent, the most careful figure. */
  readonly conversionPercent?: number
}

export interface Evaluation {
  readonly verdict: Verdict
  /** The quota an offer would be made at; null without quotas, or when the verdict is no. */
  readonly quota: Quota | null
  /** What a complete pays: the quota's own price, else the survey's (seed 000, Quota pricing). */
  readonly price: Money
  readonly rules: readonly RuleTrace[]
  readonly clauses: readonly ClauseTrace[]
  readonly quotas: readonly QuotaTrace[]
}

/**
 * Whether a survey suits a panelist, and why (design §3): the readable truth. Nothing is skipped, so that the trace is
 * whole; the matching index must agree with it and is tested against it.
 */
export function evaluateSurvey(
  survey: Survey,
  profile: ExpandedProfile,
  circumstances: Circumstances,
  standing: SurveyStanding = {},
): Evaluation {
  const { status = survey.status, inFlight = NOTHING_IN_FLIGHT, conversionPercent = 100 } = standing
  const left = surveyRemaining(survey, inFlight, conversionPercent)
  const rules = evaluateRules(survey, status, left, circumstances)
  const clauses = survey.clauses.map((clause) => ({ clause, verdict: evaluateClause(clause, profile) }))
  const quotas = survey.quotas.map((quota) =>
    evaluateQuota(quota, profile, quotaRemaining(quota, inFlight, conversionPercent)),
  )
  const choice = chooseQuota(quotas, survey.price, survey.fullQuotaTerminates)
  const targeting = allOf([...clauses.map((clause) => clause.verdict), choice.verdict])
  const verdict = rules.every((rule) => rule.holds) ? loweredBy(survey.additionalQualifications, targeting) : 'no'
  const quota = verdict === 'no' ? null : choice.chosen
  return { verdict, quota, price: quota?.price ?? survey.price, rules, clauses, quotas }
}
