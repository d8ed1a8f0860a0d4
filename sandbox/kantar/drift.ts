import { DRIFT_KINDS, type DriftKind, type FaultRule } from '../faults.js'
import { inShare, textHash } from '../random.js'
import type { StoredPlan } from './plans.js'

/** Whether the rule breaks this plan. The same share always breaks the same plans. */
export function isDrifting(stored: StoredPlan, rule: FaultRule | undefined): boolean {
  return rule?.drift !== undefined && inShare('drift', stored.plan.id, rule.drift)
}

/**
 * The plan's JSON in a shape that the Kantar Gateway API does not allow; the plan alone decides which kind.
 */
export function driftedJson(stored: StoredPlan, rule: FaultRule): string {
  const kinds = rule.drift_kinds ?? DRIFT_KINDS
  const kind = kinds[textHash(`kind/${stored.plan.id}`) % kinds.length] ?? 'missing_price'
  return JSON.stringify(BREAK[kind](stored))
}

const BREAK: Record<DriftKind, (stored: StoredPlan) => unknown> = {
  missing_price: ({ plan: { pricing: _pricing, ...rest } }) => rest,
  missing_id: ({ plan: { id: _id, ...rest } }) => rest,
  unknown_status: ({ plan }) => ({ ...plan, status: 'SOFT_LAUNCH' }),
  cpi_as_text: ({ plan }) => ({ ...plan, pricing: { ...plan.pricing, cpi: (plan.pricing.cpi / 100).toFixed(2) } }),
  unreadable_range: ({ plan }) => ({
    ...plan,
    qualifications: [{ question_id: 'age', qualifying_answers: ['sixteen to forty'] }],
  }),
  quotas_as_text: ({ plan }) => ({ ...plan, quotas: 'see attachment' }),
  not_an_object: ({ plan }) => plan.id,
}
