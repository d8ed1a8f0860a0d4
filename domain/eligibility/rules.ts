import type { ConnectionRule, Phase, QuotaRule, Rule, SurveyRule } from './rule.js'
import { allocation } from './rules/allocation.js'
import { availableCompletes } from './rules/available-completes.js'
import { blocked } from './rules/blocked.js'
import { caps } from './rules/caps.js'
import { connection } from './rules/connection.js'
import { country } from './rules/country.js'
import { device } from './rules/device.js'
import { enterable } from './rules/enterable.js'
import { finishDate } from './rules/finish-date.js'
import { fresh } from './rules/fresh.js'
import { fullQuota } from './rules/full-quota.js'
import { group } from './rules/group.js'
import { hiddenQualifications } from './rules/hidden-qualifications.js'
import { invitation, quotaInvitation } from './rules/invitation.js'
import { locale } from './rules/locale.js'
import { minimumAge } from './rules/minimum-age.js'
import { panel } from './rules/panel.js'
import { participation, quotaParticipation } from './rules/participation.js'
import { qualifications } from './rules/qualifications.js'
import { quotaCompletes } from './rules/quota-completes.js'
import { quotaQualifications } from './rules/quota-qualifications.js'
import { quotaStatus } from './rules/quota-status.js'
import { softLaunch } from './rules/soft-launch.js'
import { status } from './rules/status.js'
import { taken } from './rules/taken.js'
import { unwanted } from './rules/unwanted.js'
import { usable } from './rules/usable.js'

/**
 * Every rule about entry, in the order that determines the first reason (docs/matching.md, "One decision, seven
 * doors"): the age floor and earlier sessions of the same survey, then the state of the survey, then the panelist's
 * other sessions, then targeting. The rules about quotas come last and are evaluated per quota.
 */
export const RULES = [
  minimumAge,
  taken,
  usable,
  connection,
  fresh,
  status,
  enterable,
  panel,
  finishDate,
  availableCompletes,
  allocation,
  softLaunch,
  blocked,
  unwanted,
  invitation,
  group,
  participation,
  caps,
  country,
  locale,
  device,
  qualifications,
  hiddenQualifications,
  fullQuota,
  quotaInvitation,
  quotaParticipation,
  quotaQualifications,
  quotaStatus,
  quotaCompletes,
] as const satisfies readonly Rule[]

/** A rule's name; `quota` is the combined result of the quotas. */
export type RuleName = (typeof RULES)[number]['name'] | 'quota'

type Listed<Kind extends Rule> = Kind & { readonly name: RuleName }
const LIST: readonly Listed<Rule>[] = RULES

interface PhaseRules {
  /** About the survey as a whole, in the list's order. */
  readonly ofSurvey: readonly Listed<SurveyRule | ConnectionRule>[]
  /** Rules that need no survey. */
  readonly ofConnection: readonly Listed<ConnectionRule>[]
  /** Rules about one quota. */
  readonly ofQuota: readonly Listed<QuotaRule>[]
}

function rulesOf(phase: Phase): PhaseRules {
  const counted = LIST.filter(({ phases }) => phases.includes(phase))
  return {
    ofSurvey: counted.flatMap((rule) => (rule.scope === 'quota' ? [] : [rule])),
    ofConnection: counted.flatMap((rule) => (rule.scope === 'connection' ? [rule] : [])),
    ofQuota: counted.flatMap((rule) => (rule.scope === 'quota' ? [rule] : [])),
  }
}

/** The rules of each phase. */
export const RULES_OF: Readonly<Record<Phase, PhaseRules>> = {
  match: rulesOf('match'),
  book: rulesOf('book'),
  click: rulesOf('click'),
  show: rulesOf('show'),
}
