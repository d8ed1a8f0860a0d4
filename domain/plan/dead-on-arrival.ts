import type { SurveyPlan } from './survey-plan.js'

/**
 * Why nobody can get into a plan as it was launched: right in form, and so accepted, but hardly what was meant.
 * @returns a sentence a reason, in ASCII; empty = somebody can
 */
export function deadOnArrival(plan: Pick<SurveyPlan, 'finishDate' | 'quotas'>, now: Date): string[] {
  const reasons: string[] = []
  if (plan.finishDate !== undefined && Date.parse(plan.finishDate) <= now.getTime()) {
    reasons.push(`finish_date ${plan.finishDate} is in the past: nobody is let in, and the plan closes by itself`)
  }
  if (plan.quotas.length > 0 && plan.quotas.every(({ targetCompletes }) => targetCompletes === 0)) {
    reasons.push('every quota has target_completes 0: nobody belongs to any of them')
  }
  return reasons
}
