import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'

/** The state of a poll loop (docs/polling.md, States). */
export type PollerState = 'starting' | 'healthy' | 'degraded' | 'blocked' | 'paused'

/** One line of the loop's recent history. */
export interface RecentPoll {
  /** ISO timestamp of its end. */
  readonly at: string
  readonly durationMs: number
  /** Null when it failed. */
  readonly received: number | null
  readonly stored: number | null
  readonly unreadable: number | null
  /** The type of the failure; null when it succeeded. */
  readonly failure: string | null
}

/** The position of a poll loop. Ids are decimal text. */
export interface PollPosition {
  readonly connection: string
  readonly provider: string
  readonly state: PollerState
  /** The health after the last poll, even while paused. */
  readonly health: Exclude<PollerState, 'paused'>
  /** The last failure; null while polls succeed. */
  readonly reason: string | null
  readonly paused: boolean
  /** The operator's reason; null = not paused. */
  readonly pausedFor: string | null
  readonly cursor: string | null
  readonly committed: string
  readonly acked: string
  /** Open surveys, and records in quarantine, after the last good poll. */
  readonly open: number
  readonly quarantined: number
  readonly markets: readonly string[]
  readonly failStreak: number
  /** ISO timestamps. */
  readonly lastSuccessAt: string | null
  readonly nextPollAt: string | null
  /** Over all runs of this workflow. */
  readonly polls: number
  readonly signals: {
    readonly pause: number
    readonly resume: number
    readonly pollNow: number
    readonly configChanged: number
  }
  /** Newest first. */
  readonly recent: readonly RecentPoll[]
}

/** What a run of the loop passes to the next run. */
export interface CarriedPoll {
  readonly position: PollPosition
  readonly shown: { readonly state: PollerState; readonly failStreak: number; readonly markets: string }
  /** The operator's reason for the pause, and the one in PostgreSQL; null = not paused. */
  readonly pausedFor: string | null
  readonly recordedPause: string | null
  readonly pollRequested: boolean
  /** When the next poll is due, in epoch milliseconds. */
  readonly dueAt: number
}

export interface PollInput {
  readonly connection: string
  readonly provider: string
  /** Set only by the loop itself, when it continues as new. */
  readonly carried?: CarriedPoll
  /** The most polls of one run [250]; tests set it small. */
  readonly pollsPerRun?: number
}

export interface RedriveAnswer {
  readonly state: 'open' | 'healed' | 'redriven'
  readonly reason: string | null
}

/** The loop's workflow id is its connection, so starting is idempotent. */
export const pollWorkflowId = (connection: string): string => `poll:${connection}`

/** Not polled and not offered until `resume`. Operators see the reason. */
export const pausePolling = defineSignal<[reason: string]>('pause')
export const resumePolling = defineSignal('resume')
/** Polls immediately; once even when paused. */
export const pollNow = defineSignal('pollNow')
/** The connection's configuration has changed: polls immediately with it. */
export const configChanged = defineSignal('configChanged')
/** The position of the loop. */
export const pollPosition = defineQuery<PollPosition>('position')
/** Reads a quarantined record again; returns its new state. */
export const redriveRecord = defineUpdate<RedriveAnswer, [quarantineId: string]>('redrive')
