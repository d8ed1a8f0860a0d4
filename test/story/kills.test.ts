import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkInvariants } from '../../db/invariants/check.js'
import { takeSurvey, toldOf } from '../support/respondent.js'
import { type Story, startStory } from '../support/story.js'

/** A point where a process is killed with SIGKILL while sessions are under way; the whole matrix is in test/long. */
const KILLS = [
  { process: 'api', point: 'session.after_row' },
  { process: 'api', point: 'outcome.after_claim' },
  { process: 'worker', point: 'session.after_provider_create' },
  { process: 'worker', point: 'postback.after_send' },
] as const

let story: Story

beforeAll(async () => {
  story = await startStory()
}, 120_000)

afterAll(() => story.close(), 60_000)

it.each(KILLS)(
  'loses and doubles nothing when the $process is killed at $point',
  async ({ process, point }) => {
    const killsBefore = story[process].kills
    await story[process].restart(`${point}=kill@1`)
    const ids = await Promise.all([1, 2].map((n) => takeSurvey(story, `${point}-${n}`)))
    for (const id of ids) {
      const messages = await toldOf(story, id)
      expect(new Set(messages.map((message) => message.webhookId)).size).toBe(1)
      expect(messages[0]?.outcome).toBe('COMPLETED')
    }
    expect(story[process].kills).toBe(killsBefore + 1)
    const { rows } = await story.database.knex.raw(
      `select s.outcome, s.payable, (select count(*)::int from ledger_transactions t where t.session_id = s.session_id) as posted
       from sessions s where s.session_id = any(?)`,
      [ids],
    )
    expect(rows).toEqual(ids.map(() => ({ outcome: 'COMPLETED', payable: true, posted: 1 })))
    expect(await checkInvariants(story.database.knex)).toEqual([])
  },
  150_000,
)

it('says the same in the provider’s journal, the panel’s endpoint and completes.csv', async () => {
  const csv = await story.operator('/v1/finance/completes.csv')
  const lines = csv.trim().split('\r\n').join('\n').split('\n').slice(1)
  const booked = new Set(lines.map((line) => line.split(',')[0]))
  const told = new Set(story.told.filter(({ outcome }) => outcome === 'COMPLETED').map(({ sessionId }) => sessionId))
  expect(booked).toEqual(told)
  expect(booked.size).toBe(2 * KILLS.length)
})
