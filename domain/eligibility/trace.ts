import type { QuotaTrace } from '../targeting/quota.js'
import type { Verdict } from '../targeting/verdict.js'
import type { Finding } from './rule.js'
import type { RuleName } from './rules.js'

/** One rule as it went. */
export interface RuleTrace extends Finding {
  readonly rule: RuleName
  /** The quota that it is about. */
  readonly quotaId?: string
}

/** One quota as its rules went. */
export interface TracedQuota extends QuotaTrace {
  readonly rules: readonly RuleTrace[]
  /** No = nobody is sent to it now; as weak as the weakest of its rules. */
  readonly holds: Verdict
}
