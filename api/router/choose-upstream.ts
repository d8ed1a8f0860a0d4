import { quotaNamed } from '../../domain/feed/quota-id.js'
import type { Quota } from '../../domain/survey.js'
import { evaluateQuota } from '../../domain/targeting/quota.js'
import { fault } from '../http/gateway-errors.js'
import { takesPeople } from '../panel/book-offer.js'
import { expandedFor } from '../plan-booking.js'
import { fitsNone } from './qualification-faults.js'
import { type Asked, requireQualified, type SurveyChoice } from './survey-choice.js'

/**
 * Where a panelist goes in a survey of a provider. The feed said of it what can be said in the gateway's vocabulary; here
 * the whole of it counts (contract §5, The feed).
 * @throws GatewayValidationError: the survey or the quota takes nobody, or not this panelist
 */
export function chooseUpstream(asked: Asked): SurveyChoice {
  const { deps, panel, body, found, connection, snapshot, now } = asked
  const { survey } = found
  const upstream = deps.findUpstream(connection.id)
  if (upstream === null || !takesPeople(deps, panel, connection, found, now)) {
    throw fault('status', 'token', 'the survey takes nobody now: it is closed, paused or full')
  }
  const mapping = upstream.vocabulary ?? upstream.adapter.vocabulary
  const vocabulary = { prefix: found.provider, provider: found.provider, mapping }
  const profile = expandedFor(snapshot, vocabulary, now)
  const target = body.target_quota_id === undefined ? undefined : (quotaNamed(survey, body.target_quota_id) ?? null)
  if (target) requireOpen(target)
  requireQualified(asked, survey.clauses, target, profile, vocabulary)

  const fitting = survey.quotas.filter((quota) => evaluateQuota(quota, profile, 1).fits !== 'no')
  const shut = survey.fullQuotaTerminates ? fitting.find((quota) => !isOpen(quota)) : undefined
  if (shut !== undefined) {
    throw fault(
      'available_completes',
      'target_quota_id',
      `quota ${shut.quotaId}, in which the panelist belongs, is full`,
    )
  }
  const quota = target ?? fitting.find(isOpen) ?? null
  if (quota === null && survey.quotas.length > 0) {
    const [full] = fitting
    if (full === undefined) throw fitsNone(survey.quotas, profile, vocabulary)
    requireOpen(full)
  }
  return { quota, price: quota?.price ?? survey.price, requiredGrade: connection.requiredGrade, plan: null }
}

const isOpen = ({ status, available }: Quota): boolean => status === 'open' && (available === null || available > 0)

function requireOpen(quota: Quota): void {
  if (quota.status !== 'open') throw fault('status', 'target_quota_id', `quota ${quota.quotaId} is ${quota.status}`)
  if (!isOpen(quota)) throw fault('available_completes', 'target_quota_id', `quota ${quota.quotaId} is full`)
}
