import type { Money } from '../domain/money.js'
import { allocationUrgency, explainRank } from '../domain/ranking.js'
import type { Clause, Layer, Quota } from '../domain/survey.js'
import { evaluateClause } from '../domain/targeting/clause.js'
import type { ExpandedProfile, Vocabulary } from '../domain/targeting/expand.js'
import { evaluateQuota } from '../domain/targeting/quota.js'
import type { Verdict } from '../domain/targeting/verdict.js'
import { describeWanted, nameAttribute } from '../domain/targeting/vocabularies.js'
import type { Hit } from './index/matches.js'

/** A survey to offer to a panelist, at the quota that pays best, with the reasons for its rank. */
export interface CatalogueOffer {
  readonly surveyId: string
  readonly connection: string
  readonly provider: string
  readonly providerSurveyId: string
  readonly groupId: string | null
  /** Null when the survey has no quotas. */
  readonly quotaId: string | null
  readonly match: Exclude<Verdict, 'no'>
  /** What a complete pays now. */
  readonly price: Money
  readonly loiMinutes: number
  readonly irPercent: number
  /** The provider's own figure; null when it gives none. */
  readonly conversionPercent: number | null
  /** Our figure, shrunk toward the provider's; the score uses it. */
  readonly expectedConversionPercent: number
  /** Highest first; comparable between calls. */
  readonly score: number
  readonly why: readonly string[]
}

/** Builds the offer of a hit. */
export function offerOf(hit: Hit, profile: ExpandedProfile, vocabularies: readonly Vocabulary[]): CatalogueOffer {
  const { entry, conversionPercent } = hit.indexed
  const { survey } = entry
  return {
    surveyId: entry.surveyId,
    connection: entry.connection,
    provider: entry.provider,
    providerSurveyId: entry.providerSurveyId,
    groupId: survey.groupId,
    quotaId: hit.quota?.quotaId ?? null,
    match: hit.verdict,
    price: hit.price,
    loiMinutes: survey.loiMinutes,
    irPercent: survey.irPercent,
    conversionPercent: survey.conversionPercent,
    expectedConversionPercent: conversionPercent,
    score: hit.score,
    why: whyOf(hit, profile, vocabularies),
  }
}

function whyOf(hit: Hit, profile: ExpandedProfile, vocabularies: readonly Vocabulary[]): string[] {
  const { entry, conversionPercent, figures } = hit.indexed
  const { survey } = entry
  const why = [explainRank(hit.price, conversionPercent, survey.loiMinutes)]
  const urgency = allocationUrgency(survey)
  if (survey.allocation !== undefined && urgency > 1) {
    const { remaining, guaranteed } = survey.allocation
    why.push(`guaranteed to us: ${remaining} of ${guaranteed} left, ranks ${Math.round((urgency - 1) * 100)} % higher`)
  }
  if (survey.softLaunch === true) why.push('soft launch: takes a limited number of completes first')
  if (figures.outcomes !== null) {
    const { completes, sessions } = figures.outcomes
    const theirs = survey.conversionPercent ?? survey.irPercent
    why.push(`conversion: ${completes} of our ${sessions} sessions completed, the provider reports ${theirs} %`)
  }
  if (hit.quota !== null) why.push(matchedQuota(hit.quota, profile, vocabularies))
  if (hit.verdict === 'maybe') why.push(...maybes(hit, profile, vocabularies))
  return why
}

/** "matched quota q1: age 16-40, sex male". */
function matchedQuota(quota: Quota, profile: ExpandedProfile, vocabularies: readonly Vocabulary[]): string {
  const clauses = chosenClauses(quota, profile).map((clause) => describeClause(clause, vocabularies))
  return `matched quota ${quota.quotaId}: ${clauses.length === 0 ? 'open to everybody' : clauses.join(', ')}`
}

function maybes(hit: Hit, profile: ExpandedProfile, vocabularies: readonly Vocabulary[]): string[] {
  const { survey } = hit.indexed.entry
  const hidden = survey.additionalQualifications + (hit.quota?.additionalQualifications ?? 0)
  const clauses = [...survey.clauses, ...(hit.quota === null ? [] : chosenClauses(hit.quota, profile))]
  const unsure = clauses.filter((clause) => evaluateClause(clause, profile) === 'maybe')
  const reasons = unsure.map((clause) => {
    const asked = profile.has(clause.attribute) ? '' : ' (unknown, the provider asks)'
    return `maybe: ${describeClause(clause, vocabularies)}${asked}`
  })
  if (hidden > 0) reasons.unshift(`maybe: ${hidden} hidden qualification${hidden === 1 ? '' : 's'}`)
  return reasons.length > 0 ? reasons : ['maybe: a full quota may end the session']
}

/** The clauses that place a panelist in a quota: in each layer those of the first sub-quota that fits best. */
function chosenClauses(quota: Quota, profile: ExpandedProfile): Clause[] {
  const { layers } = evaluateQuota(quota, profile, 1)
  return layers.flatMap((trace, position) => {
    const best = trace.subQuotas.findIndex((subQuota) => subQuota.verdict === trace.verdict)
    const layer: Layer | undefined = quota.layers[position]
    return layer?.subQuotas[best]?.clauses ?? []
  })
}

function describeClause(clause: Clause, vocabularies: readonly Vocabulary[]): string {
  const named = nameAttribute(clause.attribute, vocabularies)
  return `${named.name} ${describeWanted(clause, named)}`
}
