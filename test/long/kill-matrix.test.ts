import { afterAll, beforeAll, it } from 'vitest'
import { killAndCount } from '../support/kill-story.js'
import { type Story, startStory } from '../support/story.js'

/** Every failpoint of poll, session, outcome and postback, with the process that reaches it. */
const MATRIX = [
  { process: 'worker', point: 'poll.after_fetch' },
  { process: 'worker', point: 'poll.in_txn' },
  { process: 'worker', point: 'poll.after_commit' },
  { process: 'worker', point: 'poll.after_ack' },
  { process: 'api', point: 'session.after_row' },
  { process: 'api', point: 'session.after_start' },
  { process: 'api', point: 'session.in_start_lock' },
  { process: 'worker', point: 'session.after_provider_create' },
  { process: 'worker', point: 'session.after_url_issue' },
  { process: 'api', point: 'outcome.after_claim' },
  { process: 'api', point: 'outcome.after_signal' },
  { process: 'worker', point: 'outcome.in_txn' },
  { process: 'worker', point: 'postback.after_send' },
  { process: 'worker', point: 'postback.after_record' },
] as const

let story: Story

beforeAll(async () => {
  story = await startStory()
}, 120_000)

afterAll(() => story.close(), 60_000)

it.each(MATRIX)(
  'loses and repeats nothing when the $process is killed at $point',
  async (kill) => {
    // a change upstream gives the next poll a page, during which it is killed
    story.sandbox.kantar.ticker.tick()
    await killAndCount(story, kill, 3)
  },
  240_000,
)
