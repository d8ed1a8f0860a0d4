import type { PollResult } from '../activities/supply/poll-and-store.js'
import type { PollerState, PollInput, PollPosition, RecentPoll } from './messages/poll.js'
import type { PollFailure } from './poll-failure.js'

/** How many of the last polls an operator sees. */
const RECENT = 5

/** Before the first poll. */
export function firstPosition({ connection, provider }: PollInput): PollPosition {
  return {
    connection,
    provider,
    state: 'starting',
    health: 'starting',
    reason: null,
    paused: false,
    pausedFor: null,
    cursor: null,
    committed: '0',
    acked: '0',
    open: 0,
    quarantined: 0,
    markets: [],
    failStreak: 0,
    lastSuccessAt: null,
    nextPollAt: null,
    polls: 0,
    signals: { pause: 0, resume: 0, pollNow: 0, configChanged: 0 },
    recent: [],
  }
}

/** A page is stored, and acknowledged if it needed that. */
export function afterPage(position: PollPosition, page: PollResult, acked: string, now: number): PollPosition {
  const at = new Date(now).toISOString()
  return {
    ...remember(position, {
      at,
      durationMs: page.durationMs,
      received: page.received,
      stored: page.stored,
      unreadable: page.unreadable,
      failure: null,
    }),
    health: 'healthy',
    reason: null,
    cursor: page.cursor,
    committed: page.committed,
    acked,
    open: page.open,
    quarantined: page.quarantined,
    markets: page.markets,
    failStreak: 0,
    lastSuccessAt: at,
  }
}

/** The poll, or the acknowledgement after it, failed. */
export function afterFailure(
  position: PollPosition,
  failure: PollFailure,
  durationMs: number,
  now: number,
): PollPosition {
  const poll = { at: new Date(now).toISOString(), durationMs, received: null, stored: null, unreadable: null }
  return {
    ...remember(position, { ...poll, failure: failure.type }),
    health: failure.blocked ? 'blocked' : 'degraded',
    reason: failure.reason,
    failStreak: position.failStreak + 1,
  }
}

/** @param pausedFor the operator's reason; null = not paused */
export function withPause(position: PollPosition, pausedFor: string | null): PollPosition {
  const paused = pausedFor !== null
  const state: PollerState = paused ? 'paused' : position.health
  return { ...position, paused, state, pausedFor }
}

function remember(position: PollPosition, poll: RecentPoll): PollPosition {
  return { ...position, polls: position.polls + 1, recent: [poll, ...position.recent].slice(0, RECENT) }
}
