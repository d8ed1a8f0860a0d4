import { z } from 'zod'
import { findAttribute, isAskedIn, type TargetingAttribute } from './attributes.js'
import type { ErrorDetail } from './errors.js'
import { parseRange } from './ranges.js'
import type { Qualification, SupplierPlan, SupplierQuota } from './wire.js'

/** Kantar Gateway API, SurveySession: these keys and types and no others. */
const SurveySession = z.strictObject({
  panelist_id: z.string().min(1),
  target_quota_id: z.string().min(1).optional(),
  custom_panel_data: z.record(z.string(), z.unknown()).optional(),
  panelist_profile: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})
export type SurveySession = z.infer<typeof SurveySession>

export type Profile = NonNullable<SurveySession['panelist_profile']>

/**
 * A session request that may proceed, with the quota that it counts against; or all of its faults.
 */
export type Verdict =
  | { accepted: true; session: SurveySession; quota: SupplierQuota | undefined }
  | { accepted: false; details: ErrorDetail[] }

/**
 * Validates the body of a session creation against its plan (Kantar Gateway API, POST Create Session: "authentication
 * and panelist data validation").
 */
export function judgeSession(body: unknown, plan: SupplierPlan): Verdict {
  const parsed = SurveySession.safeParse(body)
  if (!parsed.success) return { accepted: false, details: parsed.error.issues.flatMap(shapeDetails) }
  const session = parsed.data
  const profile = session.panelist_profile ?? {}
  const badAnswers = Object.entries(profile).flatMap(([id, value]) => answerProblem(id, value))
  if (badAnswers.length > 0) return { accepted: false, details: badAnswers }

  const details = [...planProblems(plan), ...mismatches(plan.qualifications, profile, plan)]
  if (details.length > 0) return { accepted: false, details }

  if (session.target_quota_id !== undefined) {
    const quota = plan.quotas.find(({ id }) => id === session.target_quota_id)
    if (!quota) return refuse('exists', 'target_quota_id', `the plan has no quota "${session.target_quota_id}"`)
    const problems = [...quotaProblems(quota), ...mismatches(quota.qualifications, profile, plan)]
    return problems.length > 0 ? { accepted: false, details: problems } : { accepted: true, session, quota }
  }
  if (plan.quotas.length === 0) return { accepted: true, session, quota: undefined }
  const quota = plan.quotas.find(
    (one) => quotaProblems(one).length === 0 && mismatches(one.qualifications, profile, plan).length === 0,
  )
  return quota
    ? { accepted: true, session, quota }
    : refuse('qualifies', 'target_quota_id', 'the profile fits no open quota of the plan')
}

function refuse(constraint: string, field: string, message: string): Verdict {
  return { accepted: false, details: [{ constraint, field, message }] }
}

function shapeDetails(issue: z.core.$ZodIssue): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ constraint: 'whitelist', field: key, message: `${key} should not exist` }))
  const field = issue.path.join('.') || 'body'
  return [{ constraint: issue.code === 'invalid_type' ? 'type' : issue.code, field, message: issue.message }]
}

/**
 * The faults of an answer itself: it must be in the terms of its question (Kantar Gateway API, TargetingAttribute).
 */
function answerProblem(id: string, value: string | number): ErrorDetail[] {
  const attribute = findAttribute(id)
  const field = `panelist_profile.${id}`
  if (!attribute) return [{ constraint: 'exists', field, message: `no targeting attribute is called "${id}"` }]
  if (attribute.answer_type === 'range') {
    const { start, end } = attribute.range_limits
    if (typeof value !== 'number') return [{ constraint: 'type', field, message: `${id} must be a number` }]
    if (value < start || value > end)
      return [{ constraint: 'range', field, message: `${id} must be between ${start} and ${end}` }]
    return []
  }
  if (typeof value !== 'string') return [{ constraint: 'type', field, message: `${id} must be a string` }]
  const given = answersOf(attribute, value)
  const known = attribute.answers
  const unknown = given.find((one) => !known.some((answer) => answer.id === one))
  if (unknown !== undefined) return [{ constraint: 'isIn', field, message: `${id} has no answer "${unknown}"` }]
  if (new Set(given).size < given.length) return [{ constraint: 'unique', field, message: `${id} repeats an answer` }]
  const exclusive = known.find((answer) => answer.exclusive_multi_punch_answer && given.includes(answer.id))
  if (exclusive && given.length > 1)
    return [{ constraint: 'exclusive', field, message: `"${exclusive.id}" of ${id} stands alone` }]
  return []
}

function answersOf(attribute: TargetingAttribute, value: string): string[] {
  return attribute.answer_type === 'multi_punch' ? value.split('|') : [value]
}

/**
 * The clauses that a given answer fails. An absent answer cannot fail, because the document makes the profile optional.
 */
function mismatches(qualifications: Qualification[], profile: Profile, plan: SupplierPlan): ErrorDetail[] {
  return qualifications.flatMap(({ question_id: id, qualifying_answers: wanted }) => {
    const value = profile[id]
    const attribute = findAttribute(id)
    if (value === undefined || !attribute || !isAskedIn(attribute, plan.country)) return []
    const holds =
      attribute.answer_type === 'range'
        ? wanted.some((text) => isWithin(Number(value), text))
        : answersOf(attribute, String(value)).some((one) => wanted.includes(one))
    const message = `${id} must be one of ${wanted.join(', ')}`
    return holds ? [] : [{ constraint: 'qualifies', field: `panelist_profile.${id}`, message }]
  })
}

function isWithin(value: number, rangeText: string): boolean {
  const range = parseRange(rangeText)
  return range !== undefined && value >= range.start && value <= range.end
}

function planProblems(plan: SupplierPlan): ErrorDetail[] {
  if (plan.status !== 'OPEN')
    return [{ constraint: 'open', field: 'token', message: `the survey plan is ${plan.status}` }]
  if (plan.available_completes < 1)
    return [{ constraint: 'available', field: 'token', message: 'the survey plan has no completes left' }]
  return []
}

function quotaProblems(quota: SupplierQuota): ErrorDetail[] {
  if (quota.status !== 'OPEN')
    return [{ constraint: 'open', field: 'target_quota_id', message: `quota "${quota.id}" is ${quota.status}` }]
  if (quota.available_completes < 1)
    return [{ constraint: 'available', field: 'target_quota_id', message: `quota "${quota.id}" has no completes left` }]
  return []
}
