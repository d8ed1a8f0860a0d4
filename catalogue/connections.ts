import { lateAfterMs } from '../domain/heard.js'
import type { Vocabulary } from '../domain/targeting/expand.js'
import type { ConnectionHealth } from './source.js'

/** The configuration of a connection whose surveys are in the catalogue. */
export interface CatalogueConnection {
  readonly id: string
  readonly provider: string
  /** The vocabulary of its clauses; a prefix other than the provider's name marks its own mapping. */
  readonly vocabulary: Vocabulary
  /** Milliseconds between polls; null = not polled (our own plans, matches by panelist), so never stale. */
  readonly pollEveryMs: number | null
  /** Milliseconds without a good poll after which its surveys are no longer offered. */
  readonly staleAfterMs: number
}

/** Contract §6: stale = no good poll for 5 intervals and 60 s; error = the last poll failed. */
export type ConnectionStatus = 'ok' | 'stale' | 'error' | 'paused'

export interface ConnectionStanding {
  readonly id: string
  readonly status: ConnectionStatus
  /** Seconds since the last good poll; null = there was none, or it is not polled. */
  readonly ageSeconds: number | null
  /** False = none of its surveys is offered: paused, removed, or no good poll for `stale_after`. */
  readonly offered: boolean
}

const NEVER = { lastSuccessAt: null }

/** The status of a connection at an instant, for matches and for their `connections`. */
export function connectionStanding(
  connection: CatalogueConnection,
  health: ConnectionHealth | undefined,
  now: Date,
): ConnectionStanding {
  const { id, pollEveryMs, staleAfterMs } = connection
  const lastSuccess = health?.lastSuccessAt?.getTime() ?? null
  const ageMs = lastSuccess === null ? Number.POSITIVE_INFINITY : Math.max(0, now.getTime() - lastSuccess)
  const ageSeconds = lastSuccess === null ? null : Math.floor(ageMs / 1000)
  if (health?.paused === true || health?.removed === true) return { id, status: 'paused', ageSeconds, offered: false }
  if (pollEveryMs === null) return { id, status: 'ok', ageSeconds, offered: true }
  const stale = ageMs > lateAfterMs(health ?? NEVER, pollEveryMs)
  const failing = (health?.failStreak ?? 0) > 0
  return { id, status: stale ? 'stale' : failing ? 'error' : 'ok', ageSeconds, offered: ageMs <= staleAfterMs }
}
