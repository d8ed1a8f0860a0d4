import type { Facts } from '../../domain/eligibility/facts.js'
import type { RuleName } from '../../domain/eligibility/rules.js'
import type { RuleTrace } from '../../domain/eligibility/trace.js'
import { fault, type GatewayFault, GatewayValidationError } from '../http/gateway-errors.js'
import { tooYoung } from '../panel/age-floor.js'
import type { Asked } from './asked.js'
import type { DecidedEntry } from './decide-entry.js'
import { profileFaults } from './profile-faults.js'
import { fitsNone, unmetClauses, unmetQuota } from './qualification-faults.js'

/** The router's answer when a rule refuses. */
interface Answer {
  /** False = also refuses a panelist who is already in the survey. True = does not: their slot is not checked again. */
  readonly forNewcomers: boolean
  readonly error: (decided: DecidedEntry, reason: RuleTrace) => GatewayValidationError
}

const always = (error: Answer['error']): Answer => ({ forNewcomers: false, error })
const newcomers = (error: Answer['error']): Answer => ({ forNewcomers: true, error })
const shut = (message: string) => always(() => fault('status', 'token', message))
const PAUSED = 'the survey is paused; the feed reports when it reopens'
const notWanted = newcomers(() =>
  fault('qualification', 'panelist_id', 'is not accepted for this survey by its provider'),
)

/** Rule -> answer: docs/router.md, "Creating a session", has constraints and fields. */
const ANSWERS: Readonly<Record<RuleName, Answer>> = {
  minimum_age: always(({ facts }) => {
    return fault('minimum_age', 'panelist_id', tooYoung(facts.panelist.age?.minimumAge ?? 0, facts.survey.country))
  }),
  taken: newcomers(() => fault('unique', 'panelist_id', 'has completed this survey already')),
  usable: shut('the survey is not for this panel'),
  connection: shut(PAUSED),
  fresh: shut('the survey was not updated for too long; the feed reports when it reopens'),
  status: always(({ facts }) => fault('status', 'token', facts.status === 'paused' ? PAUSED : 'the survey is closed')),
  enterable: shut('no panelist can enter the survey now'),
  panel: shut('the survey is no longer for this panel'),
  finish_date: shut('the survey has ended (finish_date)'),
  available_completes: newcomers(({ facts }) =>
    fault(facts.plan === null ? 'status' : 'available_completes', 'token', 'the survey is full'),
  ),
  allocation: newcomers(() => fault('allocation', 'token', "this panel's allocation of the survey is reached")),
  soft_launch: newcomers(() => fault('soft_launch', 'token', 'the soft launch is full; the full launch follows')),
  blocked: notWanted,
  unwanted: notWanted,
  invitation: notWanted,
  group: newcomers(() => fault('unique', 'panelist_id', 'has taken part in a survey of the same group')),
  participation: notWanted,
  caps: newcomers(() => fault('caps', 'panelist_id', 'has reached the cap on starts; try again later')),
  country: notWanted,
  locale: notWanted,
  device: notWanted,
  qualifications: always((decided) => new GatewayValidationError(unmet(decided))),
  // hidden qualifications alone never refuse a panelist
  hidden_qualifications: notWanted,
  quota: always((_decided, { given }) => fault('exists', 'target_quota_id', `the survey has no quota ${given}`)),
  full_quota: newcomers(({ decision: { trace } }) => {
    const [full] = trace.quotas.filter(({ open, fits }) => !open && fits !== 'no')
    const quotaId = full?.quota.quotaId ?? ''
    if (full !== undefined && full.quota.status !== 'open') return closedQuota(quotaId, full.quota.status)
    return fault('available_completes', 'target_quota_id', `quota ${quotaId}, in which the panelist belongs, is full`)
  }),
  quota_invitation: notWanted,
  quota_participation: notWanted,
  quota_qualifications: always((decided) => {
    const { facts, profile, vocabulary } = decided
    if (facts.quota.kind === 'these') return new GatewayValidationError(unmet(decided))
    return fitsNone(facts.survey.quotas, profile, vocabulary)
  }),
  quota_status: newcomers((_decided, { quotaId = '', given }) => closedQuota(quotaId, given)),
  quota_completes: newcomers((_decided, { quotaId = '' }) =>
    fault('available_completes', 'target_quota_id', `quota ${quotaId} is full`),
  ),
}

const closedQuota = (quotaId: string, status: string): GatewayValidationError =>
  fault('status', 'target_quota_id', `quota ${quotaId} is ${status}`)

/**
 * The fault of the first rule that refuses the panelist.
 * @param inside true for a panelist who is already in the survey
 * @returns null = the panelist may enter
 */
export function entryFault(decided: DecidedEntry, inside: boolean): GatewayValidationError | null {
  for (const one of decided.decision.trace.rules) {
    if (one.holds !== 'no') continue
    const { forNewcomers, error } = ANSWERS[one.rule]
    if (!(inside && forNewcomers)) return error(decided, one)
  }
  return null
}

/**
 * Refuses a profile with invalid answers before any decision uses it, and reports the other faults of the request too.
 * @throws GatewayValidationError
 */
export function requireWellFormed({ deps, snapshot, found }: Asked, decided: DecidedEntry): void {
  const malformed = profileFaults(snapshot.profile, deps.config.targetingAttributes, found.survey.country)
  if (malformed.length === 0) return
  const told = new Set(malformed.map(({ field }) => field))
  throw new GatewayValidationError([
    ...unknownQuota(decided),
    ...malformed,
    ...unmet(decided).filter(({ field }) => !told.has(field)),
  ])
}

function unknownQuota({ facts }: DecidedEntry): GatewayFault[] {
  const [target] = targets(facts)
  if (target === undefined || facts.survey.quotas.some(({ quotaId }) => quotaId === target)) return []
  return [{ constraint: 'exists', field: 'target_quota_id', message: `the survey has no quota ${target}` }]
}

/** The qualifications of the survey and of the named quota that the panelist does not meet. */
function unmet({ facts, profile, vocabulary }: DecidedEntry): GatewayFault[] {
  const named = facts.survey.quotas.filter(({ quotaId }) => targets(facts).includes(quotaId))
  const faults = [
    ...unmetClauses(facts.survey.clauses, profile, vocabulary),
    ...named.flatMap((quota) => unmetQuota(quota, profile, vocabulary)),
  ]
  // survey and quota may have the same qualification
  return [...new Map(faults.map((one) => [`${one.field} ${one.message}`, one])).values()]
}

const targets = ({ quota }: Facts): readonly string[] => (quota.kind === 'these' ? quota.quotaIds : [])
