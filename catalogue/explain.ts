import { type Evaluation, evaluateSurvey, type SurveyStanding } from '../domain/targeting/evaluate.js'
import type { ExpandedProfile, Vocabulary } from '../domain/targeting/expand.js'
import type { ClauseTrace, LayerTrace, QuotaTrace } from '../domain/targeting/quota.js'
import type { Circumstances } from '../domain/targeting/rules.js'
import type { Verdict } from '../domain/targeting/verdict.js'
import type { ConnectionStanding } from './connections.js'
import type { CatalogueEntry } from './entry.js'
import { describeWanted, nameAttribute } from './vocabularies.js'

/** One clause as it went, in our words beside the provider's (contract §4). */
export interface Reason {
  readonly attribute: string
  readonly wanted: string
  /** Null = unknown. */
  readonly given: string | null
  readonly holds: boolean | 'maybe'
  readonly provider_code: string
  /** Only in a quota: reasons with equal layer and sub_quota must hold together; of a layer one sub-quota is enough. */
  readonly layer?: number
  readonly sub_quota?: number
}

export interface QuotaReason {
  readonly quota_id: string
  /** Whether the panelist belongs in it, open or not. */
  readonly fits: Verdict
  readonly open: boolean
  readonly status: string
  /** Null = not limited on its own. */
  readonly available: number | null
  /** After our own sessions in flight; null = not limited. */
  readonly remaining: number | null
  /** True for the one an offer would be made at. */
  readonly chosen: boolean
  readonly reasons: readonly Reason[]
}

export interface RuleReason {
  readonly rule: string
  readonly wanted: string
  readonly given: string
  readonly holds: boolean
}

/** The answer of `GET /v1/surveys/{survey_id}/explain`. */
export interface Explanation {
  readonly verdict: Verdict
  readonly reasons: readonly Reason[]
  readonly quotas: readonly QuotaReason[]
  readonly rules: readonly RuleReason[]
}

/** Everything that a verdict is made of. */
export interface ExplainSubject {
  readonly entry: CatalogueEntry
  readonly standing: SurveyStanding
  readonly connection: ConnectionStanding
  readonly profile: ExpandedProfile
  readonly circumstances: Circumstances
  readonly vocabularies: readonly Vocabulary[]
}

/** Says why a survey is offered to a panelist, or not: the same evaluation as a match, with its trace. */
export function explain(subject: ExplainSubject): Explanation {
  const { entry, standing, connection, profile, circumstances, vocabularies } = subject
  const evaluation = evaluateSurvey(entry.survey, profile, circumstances, { ...standing, status: entry.status })
  const reason = (trace: ClauseTrace): Reason => reasonOf(trace, profile, vocabularies)
  return {
    verdict: connection.offered ? evaluation.verdict : 'no',
    reasons: evaluation.clauses.map(reason),
    quotas: evaluation.quotas.map((trace) => quotaReason(trace, evaluation, reason)),
    rules: [...evaluation.rules, connectionRule(connection)],
  }
}

function connectionRule({ id, status, offered }: ConnectionStanding): RuleReason {
  return { rule: 'connection', wanted: `${id} polled lately and not paused`, given: status, holds: offered }
}

function quotaReason(
  trace: QuotaTrace,
  { quota: chosen }: Evaluation,
  reason: (one: ClauseTrace) => Reason,
): QuotaReason {
  const { quota } = trace
  return {
    quota_id: quota.quotaId,
    fits: trace.fits,
    open: trace.open,
    status: quota.status,
    available: quota.available,
    remaining: Number.isFinite(trace.remaining) ? trace.remaining : null,
    chosen: chosen === quota,
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
    holds: verdict === 'maybe' ? 'maybe' : verdict === 'yes',
    provider_code: named.providerCode,
  }
}
