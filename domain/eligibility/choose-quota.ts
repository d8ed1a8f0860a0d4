import type { Money } from '../money.js'
import { payForComparison } from '../ranking.js'
import type { Quota } from '../survey.js'
import { allOf, strength, type Verdict } from '../targeting/verdict.js'
import type { QuotaWish } from './facts.js'
import type { RuleTrace, TracedQuota } from './trace.js'

/** The chosen quota, and the combined trace of the quotas; a null trace = no quota was evaluated. */
interface QuotaChoice {
  readonly quota: Quota | null
  readonly trace: RuleTrace | null
}

/**
 * Chooses the quota of a session. When none admits the panelist, the reason is the refusal of the quota that passed the
 * most rules; ties by the survey's order.
 * @param surveyPrice the price of a quota without its own price
 */
export function chooseQuota(quotas: readonly TracedQuota[], wish: QuotaWish, surveyPrice: Money): QuotaChoice {
  if (wish.kind === 'these') return takeAll(quotas, wish.quotaIds)
  if (quotas.length === 0) return { quota: null, trace: null }
  const takers = quotas.filter(({ holds }) => holds !== 'no')
  const chosen = wish.kind === 'first' ? takers[0] : takers.reduce(better(surveyPrice), takers[0])
  return chosen === undefined
    ? { quota: null, trace: furthest(quotas) }
    : { quota: chosen.quota, trace: entered(chosen.quota.quotaId, chosen.holds) }
}

function takeAll(quotas: readonly TracedQuota[], quotaIds: readonly string[]): QuotaChoice {
  const [first] = quotaIds
  if (first === undefined) return { quota: null, trace: null }
  const named = quotaIds.map((quotaId) => quotas.find(({ quota }) => quota.quotaId === quotaId) ?? quotaId)
  for (const one of named) {
    const refusal = typeof one === 'string' ? unknown(one) : refusalOf(one)
    if (refusal !== null) return { quota: null, trace: refusal }
  }
  const holds = allOf(named.map((one) => (typeof one === 'string' ? 'no' : one.holds)))
  return { quota: quotas.find(({ quota }) => quota.quotaId === first)?.quota ?? null, trace: entered(first, holds) }
}

const better =
  (surveyPrice: Money) =>
  (best: TracedQuota | undefined, other: TracedQuota): TracedQuota => {
    if (best === undefined) return other
    if (other.holds !== best.holds) return strength(other.holds) > strength(best.holds) ? other : best
    const pay = ({ quota }: TracedQuota) => payForComparison(quota.price ?? surveyPrice)
    return pay(other) > pay(best) ? other : best
  }

function furthest(quotas: readonly TracedQuota[]): RuleTrace | null {
  let last: { readonly passed: number; readonly refusal: RuleTrace } | null = null
  for (const one of quotas) {
    const refusal = refusalOf(one)
    if (refusal === null) continue
    const passed = one.rules.indexOf(refusal)
    if (last === null || passed > last.passed) last = { passed, refusal }
  }
  return last?.refusal ?? null
}

const refusalOf = ({ rules }: TracedQuota): RuleTrace | null => rules.find(({ holds }) => holds === 'no') ?? null

const entered = (quotaId: string, holds: Verdict): RuleTrace => ({
  rule: 'quota',
  quotaId,
  holds,
  wanted: 'a quota that admits the panelist',
  given: quotaId,
})

const unknown = (quotaId: string): RuleTrace => ({
  rule: 'quota',
  quotaId,
  holds: 'no',
  wanted: 'a quota of the survey',
  given: quotaId,
})
