import type { ExpandedProfile, Vocabulary } from '../targeting/expand.js'
import type { ClauseTrace, LayerTrace } from '../targeting/quota.js'
import type { Verdict } from '../targeting/verdict.js'
import { describeWanted, nameAttribute } from '../targeting/vocabularies.js'
import type { Decision } from './decide.js'
import type { TracedQuota } from './trace.js'

/** The result of one clause, in our words and the provider's. */
export interface Reason {
  readonly attribute: string
  readonly wanted: string
  /** Null = unknown. */
  readonly given: string | null
  readonly holds: boolean | 'maybe'
  readonly provider_code: string
  /** Only in a quota: reasons with equal layer and sub_quota must all hold; one sub-quota per layer is enough. */
  readonly layer?: number
  readonly sub_quota?: number
}

export interface QuotaReason {
  readonly quota_id: string
  /** Whether the panelist fits the quota, open or not. */
  readonly fits: Verdict
  readonly open: boolean
  readonly status: string
  /** Null = no limit of its own. */
  readonly available: number | null
  /** Less our own sessions in flight; null = no limit. */
  readonly remaining: number | null
  /** True for the quota that an offer would use. */
  readonly chosen: boolean
  readonly reasons: readonly Reason[]
}

export interface RuleReason {
  readonly rule: string
  readonly wanted: string
  readonly given: string
  readonly holds: boolean | 'maybe'
}

/** The answer of `GET /v1/surveys/{survey_id}/explain`. */
export interface Explanation {
  readonly verdict: Verdict
  readonly reasons: readonly Reason[]
  readonly quotas: readonly QuotaReason[]
  readonly rules: readonly RuleReason[]
}

/**
 * Formats a decision for people. Clauses and quotas have their own lists, in our words and the provider's, so `rules`
 * omits the rules that summarize them.
 * @param profile the answers of the decision
 * @param vocabularies the vocabularies of the clauses
 */
export function explain(
  { verdict, quota: chosen, trace }: Decision,
  profile: ExpandedProfile,
  vocabularies: readonly Vocabulary[],
): Explanation {
  const reason = (one: ClauseTrace): Reason => reasonOf(one, profile, vocabularies)
  return {
    verdict,
    reasons: trace.clauses.map(reason),
    quotas: trace.quotas.map((one) => quotaReason(one, one.quota.quotaId === chosen?.quotaId, reason)),
    rules: trace.rules.flatMap(({ rule, quotaId, wanted, given, holds }) =>
      rule === 'qualifications' || rule === 'quota' || quotaId !== undefined
        ? []
        : [{ rule, wanted, given, holds: holdsFor(holds) }],
    ),
  }
}

const holdsFor = (verdict: Verdict): boolean | 'maybe' => (verdict === 'maybe' ? 'maybe' : verdict === 'yes')

function quotaReason(trace: TracedQuota, chosen: boolean, reason: (one: ClauseTrace) => Reason): QuotaReason {
  const { quota } = trace
  return {
    quota_id: quota.quotaId,
    fits: trace.fits,
    open: trace.open,
    status: quota.status,
    available: quota.available,
    remaining: Number.isFinite(trace.remaining) ? trace.remaining : null,
    chosen,
    reasons: trace.layers.flatMap((layer, position) => layerReasons(layer, position, reason)),
  }
}

function layerReasons(layer: LayerTrace, position: number, reason: (one: ClauseTrace) => Reason): Reason[] {
  return layer.subQuotas.flatMap((subQuota, index) =>
    subQuota.clauses.map((trace) => ({ ...reason(trace), layer: position + 1, sub_quota: index + 1 })),
  )
}

function reasonOf(
  { clause, verdict }: ClauseTrace,
  profile: ExpandedProfile,
  vocabularies: readonly Vocabulary[],
): Reason {
  const named = nameAttribute(clause.attribute, vocabularies)
  const given = profile.get(clause.attribute)?.values.map((value) => named.mapping?.answers?.[value] ?? value)
  return {
    attribute: named.name,
    wanted: describeWanted(clause, named),
    given: given === undefined ? null : [...new Set(given)].join('|'),
    holds: holdsFor(verdict),
    provider_code: named.providerCode,
  }
}
