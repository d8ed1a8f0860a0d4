import type { Clock } from '../clock.js'
import { createRandom, inShare, textHash } from '../random.js'
import { generatePlan, hex, type Range } from './generate.js'
import type { SupplierPlan } from './wire.js'

/** A plan in the simulated gateway and the one update of it that the feed holds: its newest. */
export interface StoredPlan {
  readonly index: number
  readonly plan: Readonly<SupplierPlan>
  /** The last part of its session creation URL. */
  readonly token: string
  readonly ackId: number
  readonly version: string
  readonly revision: number
  readonly enterable: boolean
  readonly envelopeExtras: Readonly<Record<string, unknown>>
  /** Sent instead of the plan, without a check; such a plan cannot be entered. */
  readonly raw?: unknown
}

export interface PlanBookOptions {
  seed: string
  /** How many plans there are at first. */
  plans: number
  completes: Range
  clock: Clock
  /** The panels (by id) that the gateway supplies. With several, about each fifth plan targets only one of them. */
  panels: readonly string[]
}

export interface PlanBookState {
  made: number
  lastAckId: number
  plans: StoredPlan[]
}

/**
 * All plans, in the order of their newest update. Every change gives its plan a higher ack_id and moves it to the end,
 * so that a feed is "everything after the cursor" and an edited plan appears once, in its newest version (Kantar
 * Gateway API, GET /surveys).
 */
export class PlanBook {
  readonly #options: PlanBookOptions
  readonly #byId = new Map<string, StoredPlan>()
  readonly #idByToken = new Map<string, string>()
  readonly #json = new Map<string, string>()
  #made = 0
  #lastAckId: number

  constructor(options: PlanBookOptions) {
    this.#options = options
    // ack ids look like milliseconds (the Kantar Gateway API's sample) and must keep rising after a restart, so they
    // start just before now
    this.#lastAckId = options.clock.now().getTime() - options.plans - 1
    for (let count = 0; count < options.plans; count++) this.#place(this.#generate(), this.#lastAckId + 1)
  }

  get size(): number {
    return this.#byId.size
  }

  /** The highest ack_id so far. */
  get lastAckId(): number {
    return this.#lastAckId
  }

  get(id: string): StoredPlan | undefined {
    return this.#byId.get(id)
  }

  findByToken(token: string): StoredPlan | undefined {
    return this.#byId.get(this.#idByToken.get(token) ?? '')
  }

  /** Every plan, the longest unchanged first. */
  all(): StoredPlan[] {
    return [...this.#byId.values()]
  }

  /** The newest update of every plan that changed after `cursor` and that `panel` may see, by ack_id. */
  since(cursor: number, panel: string): StoredPlan[] {
    const found: StoredPlan[] = []
    for (const stored of this.#byId.values())
      if (stored.ackId > cursor && this.isVisible(stored, panel)) found.push(stored)
    return found
  }

  /** Whether a plan targets a panel: a supplier sees no others (Kantar Gateway API, target_panels). */
  isVisible(stored: StoredPlan, panel: string): boolean {
    const { panels } = this.#options
    if (panels.length < 2 || !inShare('exclusive', stored.plan.id, 0.2)) return true
    return panels[textHash(stored.plan.id) % panels.length] === panel
  }

  /** The plan as JSON text, cached until the plan changes: a poll of 20,000 plans serialises no plan again. */
  jsonOf(stored: StoredPlan): string {
    const { id } = stored.plan
    const known = this.#json.get(id)
    if (known !== undefined) return known
    const text = JSON.stringify(stored.raw === undefined ? stored.plan : stored.raw)
    this.#json.set(id, text)
    return text
  }

  /** Adds the next plan of the seed. */
  add(): StoredPlan {
    return this.#place(this.#generate(), this.#nextAckId())
  }

  /** Changes fields of a plan, or adds it if none has this id; `raw` is sent instead of it, unchanged. */
  put(plan: SupplierPlan, extras: { enterable?: boolean; raw?: unknown } = {}): StoredPlan {
    const { raw: _former, ...before } = this.#byId.get(plan.id) ?? this.#blank(plan.id)
    const raw = extras.raw === undefined ? {} : { raw: extras.raw }
    return this.#place({ ...before, plan, enterable: extras.enterable ?? before.enterable, ...raw }, this.#nextAckId())
  }

  /** Changes fields of an existing plan; ignores an unknown one. */
  change(id: string, fields: Partial<SupplierPlan>): StoredPlan | undefined {
    const stored = this.#byId.get(id)
    if (!stored) return undefined
    return this.#place({ ...stored, plan: { ...stored.plan, ...fields } as SupplierPlan }, this.#nextAckId())
  }

  /** Sends a plan again unchanged, under a new ack_id. */
  reissue(id: string): StoredPlan | undefined {
    return this.change(id, {})
  }

  /** How many plans are open. */
  openCount(): number {
    let count = 0
    for (const { plan } of this.#byId.values()) if (plan.status === 'OPEN') count++
    return count
  }

  /**
   * Drops the longest closed plans, at most `most` of them, if every supplier has acknowledged (by ack_id) that they
   * are closed.
   */
  forgetClosed(acknowledged: number, most: number): void {
    let left = most
    for (const { plan, ackId, token } of this.#byId.values()) {
      if (left === 0 || ackId > acknowledged) return
      if (plan.status !== 'CLOSED') continue
      this.#byId.delete(plan.id)
      this.#idByToken.delete(token)
      this.#json.delete(plan.id)
      left--
    }
  }

  /** The state that the gateway needs to continue after a restart. */
  state(): PlanBookState {
    return { made: this.#made, lastAckId: this.#lastAckId, plans: this.all() }
  }

  /** Restores a stored state instead of the plans generated at first. */
  restore(state: PlanBookState): void {
    this.#byId.clear()
    this.#idByToken.clear()
    this.#json.clear()
    this.#made = state.made
    for (const stored of state.plans) {
      this.#byId.set(stored.plan.id, stored)
      this.#idByToken.set(stored.token, stored.plan.id)
    }
    this.#lastAckId = Math.max(state.lastAckId, this.#lastAckId)
  }

  #generate(): Omit<StoredPlan, 'ackId' | 'version'> {
    const { seed, clock, completes } = this.#options
    const index = this.#made++
    const made = generatePlan({ seed, index, now: clock.now(), completes })
    return { ...made, index, token: this.#tokenFor(made.plan.id), revision: 0 }
  }

  #blank(id: string): Omit<StoredPlan, 'plan' | 'ackId' | 'version'> {
    return { index: this.#made++, token: this.#tokenFor(id), revision: 0, enterable: true, envelopeExtras: {} }
  }

  #tokenFor(id: string): string {
    return hex(createRandom(`${this.#options.seed}/token/${id}`), 16)
  }

  #nextAckId(): number {
    return Math.max(this.#lastAckId + 1, this.#options.clock.now().getTime())
  }

  #place(stored: Omit<StoredPlan, 'ackId' | 'version'>, ackId: number): StoredPlan {
    const { id } = stored.plan
    const revision = stored.revision + 1
    const placed = { ...stored, revision, ackId, version: `${3_000_000 + stored.index * 64 + revision}:${ackId}` }
    // a Map keeps the order of insertion, so deleting and inserting is "move to the end"
    this.#byId.delete(id)
    this.#byId.set(id, placed)
    this.#idByToken.set(placed.token, id)
    this.#json.delete(id)
    this.#lastAckId = ackId
    return placed
  }
}
