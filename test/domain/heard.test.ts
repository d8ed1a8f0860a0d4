import { describe, expect, it } from 'vitest'
import { heardConnection, type PolledConnection } from '../../domain/heard.js'

const now = new Date('2026-03-01T12:00:00Z')
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000)
const row = (given: Partial<PolledConnection>): PolledConnection => ({
  connection: 'kantar-us',
  state: 'healthy',
  reason: null,
  paused: false,
  failStreak: 0,
  lastAttemptAt: given.lastSuccessAt ?? ago(5),
  lastSuccessAt: ago(5),
  nextPollAt: null,
  ...given,
})
const EVERY_MS = 12_000
const heard = (given: Partial<PolledConnection>, workerSilentMs: number | null = 1_000, every = EVERY_MS) =>
  heardConnection(row(given), every, workerSilentMs, now)

describe('the state of a connection', () => {
  it('is healthy until five poll intervals and a minute after its last good poll', () => {
    expect(heard({ lastSuccessAt: ago(60) })).toEqual({ state: 'healthy', reason: null, silent: false })
    expect(heard({ lastSuccessAt: ago(61) })).toMatchObject({ state: 'degraded', silent: true })
    expect(heard({ lastSuccessAt: ago(500) }, 1_000, 100_000).state).toBe('healthy')
    expect(heard({ lastSuccessAt: ago(501) }, 1_000, 100_000).state).toBe('degraded')
    // a provider that allows one poll per hour is not late after a minute
    expect(heard({ lastSuccessAt: ago(3_000), nextPollAt: ago(-600) }).state).toBe('healthy')
  })

  it('names the time since the last poll, the interval and the page to read', () => {
    const { reason } = heard({ lastSuccessAt: ago(74) }, null)
    expect(reason).toMatch(
      /^no poll for 74 s, one is due every 12 s: check that a worker serves the queue supply-kantar-us/,
    )
    expect(reason).toContain('docs/runbook.md, "Silent"')
  })

  it('is degraded by a silent worker before a poll is late', () => {
    expect(heard({}, 25_000).state).toBe('healthy')
    expect(heard({}, 26_000)).toMatchObject({
      state: 'degraded',
      silent: true,
      reason: expect.stringMatching(/^no heartbeat of a worker on the queue supply-kantar-us for 26 s/),
    })
    // a worker without any heartbeat may be of a version that sends none: its polls count
    expect(heard({}, null).state).toBe('healthy')
  })

  it('is the loop’s own state while the loop polls', () => {
    const failing = { state: 'degraded', reason: 'answered 500', failStreak: 7, lastSuccessAt: ago(300) } as const
    expect(heard({ ...failing, lastAttemptAt: ago(70) })).toMatchObject({ state: 'degraded', reason: 'answered 500' })
    expect(heard({ ...failing, lastAttemptAt: ago(200) }).reason).toMatch(/^no poll .* 200 s.*before: answered 500$/)
    expect(heard({ state: 'blocked', reason: 'answered 401', lastSuccessAt: ago(999) })).toMatchObject({
      state: 'blocked',
      reason: 'answered 401',
    })
    expect(heard({ paused: true, state: 'paused', reason: 'lunch', lastSuccessAt: ago(999) }, 99_000)).toEqual({
      state: 'paused',
      reason: 'lunch',
      silent: false,
    })
    expect(heard({ state: 'starting', lastSuccessAt: null, lastAttemptAt: null }).state).toBe('starting')
  })
})
