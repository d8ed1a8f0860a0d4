import type { Money } from '../money.js'
import { payForComparison } from '../ranking.js'
import type { Clause, Layer, Quota, SubQuota } from '../survey.js'
import { evaluateClause } from './clause.js'
import type { ExpandedProfile } from './expand.js'
import { allOf, anyOf, loweredBy, strength, type Verdict } from './verdict.js'

export interface ClauseTrace {
  readonly clause: Clause
  readonly verdict: Verdict
}
export interface SubQuotaTrace {
  readonly verdict: Verdict
  /** True = it would take nobody, whoever they are. */
  readonly full: boolean
  readonly clauses: readonly ClauseTrace[]
}
export interface LayerTrace {
  readonly verdict: Verdict
  readonly subQuotas: readonly SubQuotaTrace[]
}
export interface QuotaTrace {
  readonly quota: Quota
  /** Whether the panelist belongs in it, open or not. */
  readonly fits: Verdict
  readonly open: boolean
  /** Completes left after our own sessions; Infinity = not limited. */
  readonly remaining: number
  readonly layers: readonly LayerTrace[]
}

/**
 * Whether a panelist belongs in a quota: every layer holds, a layer when some sub-quota that is not full holds, a
 * sub-quota when every clause holds (seed 003: Layers AND, SubQuotas OR; several questions in one SubQuota AND).
 * @param remaining completes left in it; 0 or less = not open
 */
export function evaluateQuota(quota: Quota, profile: ExpandedProfile, remaining: number): QuotaTrace {
  const layers = quota.layers.map((layer) => evaluateLayer(layer, profile))
  const fits = loweredBy(quota.additionalQualifications, allOf(layers.map((layer) => layer.verdict)))
  return { quota, fits, open: remaining > 0, remaining, layers }
}

function evaluateLayer(layer: Layer, profile: ExpandedProfile): LayerTrace {
  const subQuotas = layer.subQuotas.map((subQuota) => evaluateSubQuota(subQuota, profile))
  return { verdict: anyOf(subQuotas.map((subQuota) => subQuota.verdict)), subQuotas }
}

function evaluateSubQuota(subQuota: SubQuota, profile: ExpandedProfile): SubQuotaTrace {
  const clauses = subQuota.clauses.map((clause) => ({ clause, verdict: evaluateClause(clause, profile) }))
  const full = subQuota.available !== null && subQuota.available <= 0
  return { verdict: full ? 'no' : allOf(clauses.map((clause) => clause.verdict)), full, clauses }
}

/** The quota an offer is made at, and what is then certain. */
export interface QuotaChoice {
  readonly verdict: Verdict
  readonly chosen: Quota | null
}

/**
 * The open quota that fits and pays best (contract §4): the more certain first, then the better paid, then the first
 * in the provider's order. Without quotas the survey stands alone.
 * @param surveyPrice what a quota pays that names no price of its own
 * @param fullQuotaTerminates true where belonging in a quota that is not open ends the session (PureSpectrum,
 *   currently_open 0): who does is not offered the survey, who may is at best a maybe
 */
export function chooseQuota(
  traces: readonly QuotaTrace[],
  surveyPrice: Money,
  fullQuotaTerminates: boolean,
): QuotaChoice {
  if (traces.length === 0) return { verdict: 'yes', chosen: null }
  const terminating = fullQuotaTerminates ? anyOf(traces.filter((trace) => !trace.open).map(({ fits }) => fits)) : 'no'
  if (terminating === 'yes') return { verdict: 'no', chosen: null }
  let best: QuotaTrace | null = null
  for (const trace of traces) {
    if (!trace.open || trace.fits === 'no') continue
    if (best === null || isBetter(trace, best, surveyPrice)) best = trace
  }
  if (best === null) return { verdict: 'no', chosen: null }
  return { verdict: terminating === 'maybe' ? 'maybe' : best.fits, chosen: best.quota }
}

function isBetter(one: QuotaTrace, other: QuotaTrace, surveyPrice: Money): boolean {
  if (one.fits !== other.fits) return strength(one.fits) > strength(other.fits)
  return payForComparison(one.quota.price ?? surveyPrice) > payForComparison(other.quota.price ?? surveyPrice)
}
