import { compareEditions, type Edition } from '../edition.js'
import type { SurveyStatus } from '../survey.js'

/** The stored edition of one survey, before a chunk is written. Nulls = it is only in quarantine. */
export interface HeldEdition {
  readonly order: string | null
  readonly version: string | null
  readonly contentHash: string | null
  readonly status: SurveyStatus | null
  /** True = an open quarantine entry is about it, with `quarantinedOrder` where that could be read. */
  readonly quarantined: boolean
  readonly quarantinedOrder: string | null
}

interface Incoming extends Edition {
  readonly key: string
  readonly contentHash: string
  readonly offer: { readonly survey: { readonly status: SurveyStatus } }
}

export interface Written {
  readonly status: SurveyStatus
  /** The edition to store: that of a newer unreadable record, where there is one. */
  readonly counts: Edition
  /** False when only the edition is newer. */
  readonly changed: boolean
}

export interface Decision<One extends Incoming> {
  /** At most one per survey. */
  readonly writes: (One & Written)[]
  readonly stale: One[]
  /** How many are already stored, or duplicates in the chunk. */
  readonly unchanged: number
}

/**
 * Decides which editions of a chunk to write. The result does not depend on the order or the repetition of editions
 * (docs/polling.md, What one poll does): writes the newest edition, skips the stored one, only logs an older one.
 */
export function decideEditions<One extends Incoming>(
  incoming: readonly One[],
  held: ReadonlyMap<string, HeldEdition>,
): Decision<One> {
  const newest = new Map<string, One>()
  const stale: One[] = []
  let unchanged = 0
  for (const one of incoming) {
    const other = newest.get(one.key)
    const order = other === undefined ? 1 : compareEditions(one, other)
    if (order > 0) newest.set(one.key, one)
    if (order > 0 && other !== undefined) stale.push(other)
    if (order < 0) stale.push(one)
    if (order === 0) unchanged += 1
  }

  const writes: Decision<One>['writes'] = []
  for (const one of newest.values()) {
    const before = held.get(one.key)
    const verdict = before === undefined ? 'newer' : against(one, before)
    if (verdict === 'older') stale.push(one)
    if (verdict === 'same') unchanged += 1
    if (verdict === 'newer') writes.push(asWritten(one, before))
  }
  return { writes, stale, unchanged }
}

function against(one: Incoming, held: HeldEdition): 'newer' | 'same' | 'older' {
  if (held.order === null) return 'newer'
  if (held.status === 'unreadable' || held.status === 'withdrawn') {
    // a readable copy with the same number repairs it; refuse only older editions
    return BigInt(one.order) >= BigInt(held.order) ? 'newer' : 'older'
  }
  const order = compareEditions(one, { order: held.order, version: held.version ?? '' })
  if (order !== 0) return order > 0 ? 'newer' : 'older'
  // the same edition with other content: our adapter has changed
  return one.contentHash === held.contentHash ? 'same' : 'newer'
}

/** A newer edition in quarantine makes an older readable one `unreadable`. */
function asWritten<One extends Incoming>(one: One, held: HeldEdition | undefined): One & Written {
  const beyond = held?.quarantinedOrder ?? null
  const shadowed = held?.order === null && beyond !== null && BigInt(beyond) > BigInt(one.order)
  const status = shadowed ? 'unreadable' : one.offer.survey.status
  const changed = held?.contentHash !== one.contentHash || held.status !== status
  const counts = shadowed ? { order: beyond, version: '' } : { order: one.order, version: one.version }
  return { ...one, status, changed, counts }
}
