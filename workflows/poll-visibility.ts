import { upsertSearchAttributes } from '@temporalio/workflow'
import { searchAttribute } from '../domain/visibility.js'
import type { PollerState, PollPosition } from './messages/poll.js'

/**
 * The current values of a loop's search attributes; passed to the next run, so that they are written on change only.
 */
export interface Shown {
  readonly state: PollerState
  readonly failStreak: number
  readonly markets: string
}

export const NOTHING_SHOWN: Shown = { state: 'starting', failStreak: 0, markets: '' }

/** The steps of a fail streak at which its search attribute is written: it is for searching, not for counting. */
const STREAK_STEPS = [0, 1, 3, 10, 30, 100, 300]

/** Writes the search attributes that changed; writes the last success with a change of state. */
export function showPosition(position: PollPosition, shown: Shown): Shown {
  const next: Shown = {
    state: position.state,
    failStreak: STREAK_STEPS.findLast((step) => step <= position.failStreak) ?? 0,
    markets: position.markets.join(','),
  }
  const changes = [
    ...(next.state === shown.state ? [] : [{ key: searchAttribute('TributaryState'), value: next.state }]),
    ...(next.state === shown.state ? [] : lastSuccess(position)),
    ...(next.failStreak === shown.failStreak
      ? []
      : [{ key: searchAttribute('TributaryFailStreak'), value: next.failStreak }]),
    ...(next.markets === shown.markets
      ? []
      : [{ key: searchAttribute('TributaryMarkets'), value: [...position.markets] }]),
  ]
  if (changes.length > 0) upsertSearchAttributes(changes)
  return next
}

/** Writes the last success before continuing as new, because a healthy loop changes nothing else for weeks. */
export function showLastSuccess(position: PollPosition): void {
  const changes = lastSuccess(position)
  if (changes.length > 0) upsertSearchAttributes(changes)
}

const lastSuccess = ({ lastSuccessAt }: PollPosition) =>
  lastSuccessAt === null ? [] : [{ key: searchAttribute('TributaryLastSuccess'), value: new Date(lastSuccessAt) }]
