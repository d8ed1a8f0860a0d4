import type { SurveyPlan } from './survey-plan.js'

/**
 * Why a launched plan admits no respondents. The plan is valid, and so accepted, but probably a mistake.
 * @returns one sentence per reason, in ASCII; empty = it admits respondents
 */
export function deadOnArrival(plan: Pick<SurveyPlan, 'finishDate' | 'quotas'>, now: Date): string[] {
  const reasons: string[] = []
  if (plan.finishDate !== undefined && Date.parse(plan.finishDate) <= now.getTime()) {
    reasons.push(
      `finish_date ${plan.finishDate} is in the past: the plan admits no respondents and closes automatically`,
    )
  }
  if (plan.quotas.length > 0 && plan.quotas.every(({ targetCompletes }) => targetCompletes === 0)) {
    reasons.push('every quota has target_completes 0: the plan admits no respondents')
  }
  return reasons
}
