import { z } from 'zod'
import type { Random } from './random.js'

const share = z.number().min(0).max(1)

/** Ways in which a feed's item can differ from its documented shape. */
export const DRIFT_KINDS = [
  'missing_price',
  'missing_id',
  'unknown_status',
  'cpi_as_text',
  'unreadable_range',
  'quotas_as_text',
  'not_an_object',
] as const
export type DriftKind = (typeof DRIFT_KINDS)[number]

/** The faults of one endpoint. All that are set apply together, in the order of the keys here. */
export const FaultRule = z.strictObject({
  /** Waits this long before anything else. */
  latency_ms: z.number().int().min(0).max(600_000).optional(),
  /** Drops the connection before reading the request. */
  reset: z.boolean().optional(),
  /** Never answers. */
  hang: z.boolean().optional(),
  /** Answers with this status and does nothing else. */
  status: z.number().int().min(300).max(599).optional(),
  /** The Retry-After that goes with `status`: seconds or an HTTP date. */
  retry_after: z.union([z.string(), z.number().int().min(0)]).optional(),
  /** Executes the request, then drops the connection instead of answering. */
  lost_answer: z.boolean().optional(),
  /** Ends the body after this share of its bytes, as if it were complete. */
  cut: share.optional(),
  /** Drops the connection after this share of the body's bytes. */
  cut_connection: share.optional(),
  content_type: z.string().optional(),
  /** Sends this text instead of the real body. */
  body: z.string().optional(),
  /** This share of the items differs from the documented shape; always the same items. */
  drift: share.optional(),
  drift_kinds: z.array(z.enum(DRIFT_KINDS)).min(1).optional(),
  /** This share of the items is sent twice; of a postback: the probability that it is sent twice. */
  duplicates: share.optional(),
  /** Items are not in the order of their ack_id. */
  reorder: z.boolean().optional(),
  /** The probability that the rule applies to a request [1]. */
  probability: share.optional(),
  /** Removes the rule after this many requests [never]. */
  count: z.number().int().min(1).optional(),
})
export type FaultRule = z.infer<typeof FaultRule>

/** The fault switches, one rule per endpoint (`kantar.feed`, `kantar.ack`, …). */
export interface FaultBoard {
  /** The endpoints that support faults. */
  readonly endpoints: readonly string[]
  register(endpoint: string): void
  /** Sets an endpoint's rule; null removes it. Throws when the endpoint is not registered. */
  set(endpoint: string, rule: FaultRule | null): void
  clear(): void
  all(): Record<string, FaultRule>
  /** The rule for this request, if any; counts it. */
  strike(endpoint: string): FaultRule | undefined
  /** Calls the listener when a rule is removed, by hand or because its count is used up. */
  onLifted(listener: (endpoint: string, rule: FaultRule) => void): void
}

export function createFaultBoard(random: Random): FaultBoard {
  const endpoints: string[] = []
  const rules = new Map<string, FaultRule>()
  const listeners: ((endpoint: string, rule: FaultRule) => void)[] = []

  function lift(endpoint: string): void {
    const rule = rules.get(endpoint)
    if (!rule) return
    rules.delete(endpoint)
    for (const listener of listeners) listener(endpoint, rule)
  }

  return {
    endpoints,
    register: (endpoint) => void endpoints.push(endpoint),
    set(endpoint, rule) {
      if (!endpoints.includes(endpoint))
        throw new Error(`unknown endpoint "${endpoint}"; known: ${endpoints.join(', ')}`)
      lift(endpoint)
      if (rule) rules.set(endpoint, rule)
    },
    clear() {
      for (const endpoint of [...rules.keys()]) lift(endpoint)
    },
    all: () => Object.fromEntries(rules),
    strike(endpoint) {
      const rule = rules.get(endpoint)
      if (!rule || !random.chance(rule.probability ?? 1)) return undefined
      if (rule.count !== undefined) {
        if (rule.count <= 1) lift(endpoint)
        else rules.set(endpoint, { ...rule, count: rule.count - 1 })
      }
      return rule
    },
    onLifted: (listener) => void listeners.push(listener),
  }
}
