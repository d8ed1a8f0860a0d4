import { afterAll, beforeAll, expect, it } from 'vitest'
import { killAndCount } from '../support/kill-story.js'
import { type Story, startStory } from '../support/story.js'

/** Where a process is killed with SIGKILL while sessions are under way; the whole matrix is in test/long. */
const KILLS = [
  { process: 'api', point: 'session.after_row' },
  { process: 'api', point: 'outcome.after_claim' },
  { process: 'worker', point: 'session.after_provider_create' },
  { process: 'worker', point: 'postback.after_send' },
] as const

let story: Story

beforeAll(async () => {
  story = await startStory()
}, 300_000)

afterAll(() => story.close(), 180_000)

it.each(KILLS)(
  'loses and repeats nothing when the $process is killed at $point',
  async (kill) => {
    await killAndCount(story, kill, 2)
  },
  150_000,
)

it('has the same completes at the panel’s endpoint and in completes.csv', async () => {
  const csv = await story.operator('/v1/finance/completes.csv')
  const booked = new Set(
    csv
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(',')[0]),
  )
  const told = new Set(story.told.filter(({ outcome }) => outcome === 'COMPLETED').map(({ sessionId }) => sessionId))
  expect(booked).toEqual(told)
  expect(booked.size).toBe(2 * KILLS.length)
})
