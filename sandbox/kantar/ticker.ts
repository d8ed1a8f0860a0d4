import type { Clock } from '../clock.js'
import type { Journal } from '../journal.js'
import { createRandom, type Random, type Weighted } from '../random.js'
import type { PlanBook, StoredPlan } from './plans.js'
import type { SupplierPlan } from './wire.js'

/** Changes the inventory over time: some plans change, close, reopen; new ones appear. */
export interface Ticker {
  /** One step of change; returns what happened to which plan. */
  tick(): PlanChange[]
}

export interface PlanChange {
  plan: string
  change: ChangeKind
}

type ChangeKind = 'price' | 'fill' | 'quota_pause' | 'pause' | 'reopen' | 'close' | 'performance' | 'new' | 'finished'

const KINDS: readonly Weighted<ChangeKind>[] = [
  { weight: 30, value: 'price' },
  { weight: 26, value: 'fill' },
  { weight: 8, value: 'quota_pause' },
  { weight: 7, value: 'pause' },
  { weight: 14, value: 'reopen' },
  { weight: 4, value: 'close' },
  { weight: 7, value: 'performance' },
  { weight: 4, value: 'new' },
]

export interface TickerParts {
  seed: string
  plans: PlanBook
  clock: Clock
  journal: Journal
  /** The highest ack_id that every supplier has acknowledged. */
  acknowledged: () => number
}

/** The changes of a seed always have the same order; about one plan in a hundred changes per step, 2 to 10 of them. */
export function createTicker({ seed, plans, clock, journal, acknowledged }: TickerParts): Ticker {
  const random = createRandom(`${seed}/ticker`)
  const atFirst = plans.size
  const openAtFirst = plans.openCount()

  /**
   * Replaces closed plans with new ones, and drops the oldest closed ones, so that a long run does not grow without
   * limit.
   */
  function renew(changes: PlanChange[]): void {
    const missing = Math.floor(openAtFirst * 0.9) - plans.openCount()
    for (let left = Math.min(missing, Math.max(10, atFirst / 10)); left > 0; left--)
      changes.push({ plan: plans.add().plan.id, change: 'new' })
    if (plans.size > atFirst * 3) plans.forgetClosed(acknowledged(), atFirst)
  }

  function changeOne(all: StoredPlan[]): PlanChange | undefined {
    const kind = random.weighted(KINDS)
    if (kind === 'new') return plans.openCount() < openAtFirst ? { plan: plans.add().plan.id, change: kind } : undefined
    const chosen = all[random.int(0, all.length - 1)]
    if (!chosen || chosen.raw !== undefined) return undefined
    const fields = changedFields(kind, chosen.plan, random)
    if (!fields) return undefined
    plans.change(chosen.plan.id, fields)
    return { plan: chosen.plan.id, change: kind }
  }

  return {
    tick() {
      const all = plans.all()
      const now = clock.now().toISOString()
      const changes: PlanChange[] = []
      for (const { plan, raw } of all) {
        if (raw !== undefined || plan.status === 'CLOSED' || !plan.finish_date || plan.finish_date > now) continue
        plans.change(plan.id, { status: 'CLOSED' })
        changes.push({ plan: plan.id, change: 'finished' })
      }
      for (let left = Math.min(10, Math.max(2, Math.round(all.length / 100))); left > 0; left--) {
        const change = changeOne(all)
        if (change) changes.push(change)
      }
      renew(changes)
      if (changes.length > 0) journal.record('kantar.ticked', { changes })
      return changes
    },
  }
}

/** The fields that a change of this kind sets on a plan; undefined when the plan cannot change so. */
function changedFields(kind: ChangeKind, plan: SupplierPlan, random: Random): Partial<SupplierPlan> | undefined {
  const open = plan.status === 'OPEN'
  switch (kind) {
    case 'price': {
      const { cpi } = plan.pricing
      const moved = Math.max(1, Math.round(cpi * (0.8 + random.next() * 0.45)))
      return open && moved !== cpi ? { pricing: { ...plan.pricing, cpi: moved } } : undefined
    }
    case 'fill':
      return open ? filled(plan, random) : undefined
    case 'quota_pause': {
      const at = random.int(0, plan.quotas.length - 1)
      const quotas = plan.quotas.map((quota, place) =>
        place === at ? { ...quota, status: quota.status === 'OPEN' ? ('PAUSED' as const) : ('OPEN' as const) } : quota,
      )
      return open && quotas.length > 0 ? { quotas } : undefined
    }
    case 'pause':
      return open ? { status: 'PAUSED' } : undefined
    case 'reopen':
      return plan.status === 'PAUSED' && plan.available_completes > 0 ? { status: 'OPEN' } : undefined
    case 'close':
      return plan.status === 'CLOSED' ? undefined : { status: 'CLOSED' }
    case 'performance':
      return open ? { ir: random.int(plan.cr, 99), loi: Math.max(1, plan.loi + random.int(-2, 2)) } : undefined
    default:
      return undefined
  }
}

/** Other suppliers' panelists complete some: the plan's count and one quota's go down, a full plan closes. */
function filled(plan: SupplierPlan, random: Random): Partial<SupplierPlan> {
  const taken = random.int(1, Math.max(1, Math.ceil(plan.available_completes / 5)))
  const available = Math.max(0, plan.available_completes - taken)
  const at = random.int(0, plan.quotas.length - 1)
  return {
    available_completes: available,
    ...(available === 0 ? { status: 'CLOSED' } : {}),
    quotas: plan.quotas.map((quota, place) =>
      place === at ? { ...quota, available_completes: Math.max(0, quota.available_completes - taken) } : quota,
    ),
  }
}
