import type { QuotaTrace } from '../targeting/quota.js'
import type { Verdict } from '../targeting/verdict.js'
import type { Finding } from './rule.js'
import type { RuleName } from './rules.js'

/** The result of one rule. */
export interface RuleTrace extends Finding {
  readonly rule: RuleName
  /** The quota, for a rule about one quota. */
  readonly quotaId?: string
}

/** One quota with the results of its rules. */
export interface TracedQuota extends QuotaTrace {
  readonly rules: readonly RuleTrace[]
  /** The weakest verdict of its rules. */
  readonly holds: Verdict
}
