import type { Money } from '../money.js'
import type { Quota } from '../survey.js'
import { evaluateClause } from '../targeting/clause.js'
import { type ClauseTrace, evaluateQuota, type QuotaTrace } from '../targeting/quota.js'
import { allOf, type Verdict } from '../targeting/verdict.js'
import { chooseQuota } from './choose-quota.js'
import type { ConnectionQuestion, Facts } from './facts.js'
import { roomInQuota } from './room.js'
import type { Phase, Subject } from './rule.js'
import { RULES_OF } from './rules.js'
import type { RuleTrace, TracedQuota } from './trace.js'

/** A decision about entry. The trace determines verdict, quota, price and reason. */
export interface Decision {
  readonly verdict: Verdict
  /** The first rule, in the order of the list, that refuses; null = none. */
  readonly reason: RuleTrace | null
  /** The chosen quota; null without quotas, or when the verdict is no. */
  readonly quota: Quota | null
  /** What a complete pays: the quota's own price, else the survey's. */
  readonly price: Money
  readonly trace: {
    /**
     * Every rule of the phase that concerns the survey, in the order of the list; last the combined trace of the
     * quotas.
     */
    readonly rules: readonly RuleTrace[]
    readonly clauses: readonly ClauseTrace[]
    readonly quotas: readonly TracedQuota[]
  }
}

/**
 * Decides whether a panelist may enter a survey, and why not: the one decision of every entry point (docs/matching.md,
 * "One decision, seven doors"). Evaluates every rule, so that the trace is complete. The matching index and the click's
 * SQL statement compute the same decision faster and are tested against this function.
 * @param phase selects the rules
 */
export function decide(facts: Facts, phase: Phase): Decision {
  const subject = examine(facts)
  const rules: RuleTrace[] = []
  for (const rule of RULES_OF[phase].ofSurvey) {
    const finding = rule.evaluate(subject)
    if (finding !== null) rules.push({ rule: rule.name, ...finding })
  }
  const quotas = subject.quotas.map((trace) => traced(subject, trace, phase))
  const choice = chooseQuota(quotas, facts.quota, facts.survey.price)
  if (choice.trace !== null) rules.push(choice.trace)
  const verdict = allOf(rules.map(({ holds }) => holds))
  const quota = verdict === 'no' ? null : choice.quota
  return {
    verdict,
    reason: rules.find(({ holds }) => holds === 'no') ?? null,
    quota,
    price: quota?.price ?? facts.survey.price,
    trace: { rules, clauses: subject.clauses, quotas },
  }
}

/**
 * Checks the connection rules alone, before a survey is known.
 * @returns the first rule that refuses; null = none
 */
export function refusedAtConnection(question: ConnectionQuestion, phase: Phase): RuleTrace | null {
  for (const rule of RULES_OF[phase].ofConnection) {
    const finding = rule.evaluate(question)
    if (finding?.holds === 'no') return { rule: rule.name, ...finding }
  }
  return null
}

function examine(facts: Facts): Subject {
  const { survey, profile } = facts
  const clauses =
    profile === null ? [] : survey.clauses.map((clause) => ({ clause, verdict: evaluateClause(clause, profile) }))
  const quotas = survey.quotas.map((quota) => evaluateQuota(quota, profile, roomInQuota(facts, quota)))
  return { ...facts, clauses, quotas }
}

function traced(subject: Subject, trace: QuotaTrace, phase: Phase): TracedQuota {
  const rules: RuleTrace[] = []
  for (const rule of RULES_OF[phase].ofQuota) {
    const finding = rule.evaluate(subject, trace)
    if (finding !== null) rules.push({ rule: rule.name, quotaId: trace.quota.quotaId, ...finding })
  }
  return { ...trace, rules, holds: allOf(rules.map(({ holds }) => holds)) }
}
