import type { Clause, Quota } from '../../domain/survey.js'
import { evaluateClause } from '../../domain/targeting/clause.js'
import type { ExpandedProfile, Vocabulary } from '../../domain/targeting/expand.js'
import { describeWanted, nameAttribute } from '../../domain/targeting/vocabularies.js'
import { type GatewayFault, GatewayValidationError } from '../http/gateway-errors.js'
import { profileField } from './profile-faults.js'

const MOST_QUOTAS_NAMED = 10

/** The qualifications that a panelist does not meet, each under the attribute name that a panel sends. */
export function unmetClauses(
  clauses: readonly Clause[],
  profile: ExpandedProfile,
  vocabulary: Vocabulary,
): GatewayFault[] {
  return clauses.flatMap((clause): GatewayFault[] => {
    if (evaluateClause(clause, profile) !== 'no') return []
    const named = nameAttribute(clause.attribute, [vocabulary])
    const field = profileField(named.name)
    const wanted = describeWanted(clause, named)
    const given = profile.get(clause.attribute)?.values ?? []
    return given.length === 0
      ? [{ constraint: 'required', field, message: `is needed: the survey asks for ${wanted}` }]
      : [{ constraint: 'qualification', field, message: `does not qualify: ${given.join('|')} is not ${wanted}` }]
  })
}

/** Why a panelist does not fit a quota: clauses of layers in which no sub-quota holds. Empty = the panelist fits. */
export function unmetQuota(quota: Quota, profile: ExpandedProfile, vocabulary: Vocabulary): GatewayFault[] {
  return quota.layers.flatMap(({ subQuotas }) => {
    const takers = subQuotas.filter(({ available }) => available === null || available > 0)
    const faults = takers.map(({ clauses }) => unmetClauses(clauses, profile, vocabulary))
    const [first] = faults
    if (first !== undefined) return faults.some((one) => one.length === 0) ? [] : first
    return [{ constraint: 'quota', field: 'target_quota_id', message: `quota ${quota.quotaId} is full` }]
  })
}

/** The error for a panelist who fits none of the given quotas. */
export function fitsNone(
  quotas: readonly Quota[],
  profile: ExpandedProfile,
  vocabulary: Vocabulary,
): GatewayValidationError {
  const details = quotas.slice(0, MOST_QUOTAS_NAMED).map((quota): GatewayFault => {
    const why = unmetQuota(quota, profile, vocabulary).map(({ field, message }) => `${field} ${message}`)
    return { constraint: 'quota', field: 'panelist_profile', message: `quota ${quota.quotaId}: ${why.join('; ')}` }
  })
  return new GatewayValidationError(details, 'The panelist qualifies for none of the quotas of this survey')
}
