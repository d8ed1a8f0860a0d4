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
  /** True = it admits no panelist. */
  readonly full: boolean
  readonly clauses: readonly ClauseTrace[]
}
export interface LayerTrace {
  readonly verdict: Verdict
  readonly subQuotas: readonly SubQuotaTrace[]
}
export interface QuotaTrace {
  readonly quota: Quota
  /** Whether the panelist fits the quota, open or not. */
  readonly fits: Verdict
  readonly open: boolean
  /** Remaining completes, less our own sessions; Infinity = no limit. */
  readonly remaining: number
  readonly layers: readonly LayerTrace[]
}

/**
 * Whether a panelist fits a quota: every layer must hold; a layer holds when a sub-quota that is not full holds; a
 * sub-quota holds when every clause holds (Toluna External Sample: Layers AND, SubQuotas OR; several questions in one
 * SubQuota AND).
 * @param profile null = the match has already checked the clauses: checks only whether sub-quotas are full
 * @param remaining its remaining completes; 0 or less = not open
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
