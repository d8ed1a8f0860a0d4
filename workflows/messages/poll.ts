import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'

/** How a poll loop stands (docs/polling.md, States). */
export type PollerState = 'starting' | 'healthy' | 'degraded' | 'blocked' | 'paused'

/** One line of the loop's recent past. */
export interface RecentPoll {
  /** ISO stamp of its end. */
  readonly at: string
  readonly durationMs: number
  /** Null when it failed. */
  readonly received: number | null
  readonly stored: number | null
  readonly unreadable: number | null
  /** The type of the failure; null when it went well. */
  readonly failure: string | null
}

/** Where a poll loop stands. Ids are decimal text. */
export interface PollPosition {
  readonly connection: string
  readonly provider: string
  readonly state: PollerState
  /** As the last poll left it, whether paused or not. */
  readonly health: Exclude<PollerState, 'paused'>
  /** What went wrong last; null while all is well. */
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
  /** ISO stamps. */
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

/** What a loop hands to its next run. */
export interface CarriedPoll {
  readonly position: PollPosition
  readonly shown: { readonly state: PollerState; readonly failStreak: number; readonly markets: string }
  /** The operator's reason for the pause, and the one PostgreSQL knows; null = not paused. */
  readonly pausedFor: string | null
  readonly recordedPause: string | null
  readonly pollRequested: boolean
  /** When the next poll is due, in epoch milliseconds. */
  readonly dueAt: number
}

export interface PollInput {
  readonly connection: string
  readonly provider: string
  /** Only ever given by the loop itself, when it continues as new. */
  readonly carried?: CarriedPoll
  /** Polls of one run at most [250]; tests make it small. */
  readonly pollsPerRun?: number
}

export interface RedriveAnswer {
  readonly state: 'open' | 'healed' | 'redriven'
  readonly reason: string | null
}

/** The loop's workflow id is its connection: starting it twice is harmless. */
export const pollWorkflowId = (connection: string): string => `poll:${connection}`

/** Not polled and not offered until `resume`. The reason is shown to operators. */
export const pausePolling = defineSignal<[reason: string]>('pause')
export const resumePolling = defineSignal('resume')
/** Polls at once; once even when paused. */
export const pollNow = defineSignal('pollNow')
/** The connection's configuration is another one now: polls at once with it. */
export const configChanged = defineSignal('configChanged')
/** Where the loop stands. */
export const pollPosition = defineQuery<PollPosition>('position')
/** Reads a quarantined record again; answers with its new state. */
export const redriveRecord = defineUpdate<RedriveAnswer, [quarantineId: string]>('redrive')
