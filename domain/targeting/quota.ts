import type { Clause, Layer, Quota, SubQuota } from '../survey.js'
import { evaluateClause } from './clause.js'
import type { ExpandedProfile } from './expand.js'
import { allOf, anyOf, loweredBy, type Verdict } from './verdict.js'

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
 * sub-quota when every clause holds (Toluna External Sample: Layers AND, SubQuotas OR; several questions in one
 * SubQuota AND).
 * @param profile null = it was held to the clauses before: only what is full to everybody is looked at
 * @param remaining completes left in it; 0 or less = not open
 */
export function evaluateQuota(quota: Quota, profile: ExpandedProfile | null, remaining: number): QuotaTrace {
  const layers = quota.layers.map((layer) => evaluateLayer(layer, profile))
  const fits = loweredBy(
    profile === null ? 0 : quota.additionalQualifications,
    allOf(layers.map((layer) => layer.verdict)),
  )
  return { quota, fits, open: remaining > 0, remaining, layers }
}

function evaluateLayer(layer: Layer, profile: ExpandedProfile | null): LayerTrace {
  const subQuotas = layer.subQuotas.map((subQuota) => evaluateSubQuota(subQuota, profile))
  return { verdict: anyOf(subQuotas.map((subQuota) => subQuota.verdict)), subQuotas }
}

function evaluateSubQuota(subQuota: SubQuota, profile: ExpandedProfile | null): SubQuotaTrace {
  const clauses =
    profile === null ? [] : subQuota.clauses.map((clause) => ({ clause, verdict: evaluateClause(clause, profile) }))
  const full = subQuota.available !== null && subQuota.available <= 0
  return { verdict: full ? 'no' : allOf(clauses.map((clause) => clause.verdict)), full, clauses }
}
