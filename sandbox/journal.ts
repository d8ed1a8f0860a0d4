import type { Clock } from './clock.js'

/** One event that the sandbox sent or received. `kind` is `<provider>.<what>`, e.g. `kantar.acked`. */
export interface JournalEntry {
  seq: number
  at: string
  kind: string
  details: Record<string, unknown>
}

export interface JournalQuery {
  /** Only entries after this number. */
  after?: number
  kind?: string
  /** At most this many, the oldest first [all]. */
  limit?: number
}

/**
 * The sandbox's own append-only record of what it sent and received: a test or a person compares the product with it,
 * not with the product's own reports.
 */
export interface Journal {
  record(kind: string, details: Record<string, unknown>): JournalEntry
  read(query?: JournalQuery): JournalEntry[]
  /** How many of the oldest entries were dropped to bound the memory. */
  readonly dropped: number
}

/** A journal in memory that keeps the newest `capacity` entries [250,000]. */
export function createJournal(clock: Clock, capacity = 250_000): Journal {
  let entries: JournalEntry[] = []
  let lastSeq = 0
  let dropped = 0

  return {
    record(kind, details) {
      const entry = { seq: ++lastSeq, at: clock.now().toISOString(), kind, details }
      entries.push(entry)
      // drop a tenth at a time, so that a full journal does not move its whole array for every entry
      if (entries.length > capacity * 1.1) {
        dropped += entries.length - capacity
        entries = entries.slice(-capacity)
      }
      return entry
    },
    read({ after = 0, kind, limit = Number.POSITIVE_INFINITY } = {}) {
      const first = entries[0]?.seq ?? 1
      const found: JournalEntry[] = []
      for (let at = Math.max(0, after + 1 - first); at < entries.length && found.length < limit; at++) {
        const entry = entries[at]
        if (entry && (kind === undefined || entry.kind === kind)) found.push(entry)
      }
      return found
    },
    get dropped() {
      return dropped
    },
  }
}
