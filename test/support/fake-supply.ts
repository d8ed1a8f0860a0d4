import { ApplicationFailure } from '@temporalio/common'
import type { PollResult } from '../../activities/supply/poll-and-store.js'
import type { SupplyActivities } from '../../activities/supply.js'

/** A good poll of one survey; give what matters to the test. */
export function aPage(given: Partial<PollResult> = {}): PollResult {
  return {
    received: 1,
    stored: 1,
    unchanged: 0,
    stale: 0,
    withdrawn: 0,
    unreadable: 0,
    cursor: '10',
    committed: '10',
    acked: '10',
    toAcknowledge: null,
    open: 1,
    markets: ['USA'],
    quarantined: 0,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 5,
    everyMs: 12_000,
    notBefore: null,
    ...given,
  }
}

export const unavailable = (retryAfterMs?: number): ApplicationFailure =>
  ApplicationFailure.create({
    message: 'GET /surveys answered 503',
    type: 'ProviderUnavailable',
    details: [{ status: 503, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }],
  })

export const unauthorized = (): ApplicationFailure =>
  ApplicationFailure.create({ message: 'GET /surveys answered 401', type: 'ProviderUnauthorized' })

/** The calls of a loop, in order, with a provider that the test controls. */
export class FakeSupply {
  readonly calls: string[] = []
  polls = 0
  overlapping = 0
  private busy = 0
  /** Answers the n-th poll (from 1), or throws. */
  poll: (n: number) => PollResult | Promise<PollResult> = () => aPage()
  ack: (receipt: string) => void = () => {}

  readonly activities: SupplyActivities = {
    pollAndStore: async () => {
      this.busy += 1
      if (this.busy > 1) this.overlapping += 1
      this.polls += 1
      this.calls.push('poll')
      try {
        return await this.poll(this.polls)
      } finally {
        this.busy -= 1
      }
    },
    acknowledge: async ({ receipt }) => {
      this.calls.push(`ack ${receipt}`)
      this.ack(receipt)
    },
    readMembers: async () => {
      this.calls.push('members')
      return { quotas: 0, members: 0, left: 0 }
    },
    recordPaused: async ({ reason }) => {
      this.calls.push(`paused: ${reason}`)
    },
    recordResumed: async () => {
      this.calls.push('resumed')
    },
    redrive: async ({ quarantineId }) => ({ quarantineId, state: 'redriven', reason: null }),
  }
}
