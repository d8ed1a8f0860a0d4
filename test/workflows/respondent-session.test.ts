import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  entryOpened,
  outcomeArrived,
  position,
  respondentEntered,
  type SessionPosition,
} from '../../workflows/messages/session.js'
import { sessionStart } from '../../workflows/messages/session-start.js'
import { respondentSession } from '../../workflows/respondent-session.js'
import { COMPLETION_TTL, ENTRY_TTL, FakeSessions } from '../support/fake-sessions.js'
import { SOON } from '../support/patience.js'
import { createTimeSkipping, testWorkflowBundle } from '../support/temporal.js'

/** Long enough for a machine that is busy with everything else. */

let env: TestWorkflowEnvironment
let bundle: { code: string }
let world: FakeSessions
let workers: Worker[] = []
let ended: Promise<unknown>
let sessions = 0

beforeAll(async () => {
  ;[env, bundle] = await Promise.all([createTimeSkipping(), testWorkflowBundle()])
  world = new FakeSessions(() => env.currentTimeMs())
  await work()
})
afterAll(async () => {
  await rest()
  await env.teardown()
})
beforeEach(() => {
  world.opening = () => {}
  world.delivering = () => {}
  world.expiring = () => {}
})

async function work(cache: { maxCachedWorkflows?: number } = {}): Promise<void> {
  const common = { connection: env.nativeConnection, activities: world.activities }
  workers = [
    await Worker.create({ ...common, taskQueue: 'sessions', workflowBundle: bundle, ...cache }),
    await Worker.create({ ...common, taskQueue: 'entry-kantar-us' }),
    await Worker.create({ ...common, taskQueue: 'postbacks' }),
  ]
  ended = Promise.all(workers.map((worker) => worker.run()))
}
async function rest(): Promise<void> {
  for (const worker of workers) worker.shutdown()
  await ended
}

type Session = WorkflowHandle<typeof respondentSession>

/** A session that requests its entry. (Update-with-start keeps this server's clock from jumping.) */
async function begin(): Promise<{ id: string; session: Session }> {
  sessions += 1
  const id = `s${sessions}`
  await world.create(id)
  return { id, session: await env.client.workflow.start(respondentSession, startOf(id, await env.currentTimeMs())) }
}

const startOf = (id: string, now: number) =>
  sessionStart({
    sessionId: id,
    connection: 'kantar-us',
    provider: 'kantar',
    panel: 'lifepoints',
    country: 'USA',
    price: '1.50 USD',
    entryTtlMs: ENTRY_TTL,
    completionTtlMs: COMPLETION_TTL,
    entryDeadline: now + ENTRY_TTL,
  })

/** A session whose entry is open. */
async function opened(): Promise<{ id: string; session: Session; answer: SessionPosition }> {
  const { id, session } = await begin()
  const answer = await session.executeUpdate(entryOpened)
  return { id, session, answer }
}

async function entered(): Promise<{ id: string; session: Session }> {
  const { id, session } = await opened()
  await world.click(id)
  await session.signal(respondentEntered)
  return { id, session }
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
/** A session's lifetime from then on. (Once nothing is left to do, this server's clock jumps to the far future.) */
const livedFrom = async (start: number, session: Session): Promise<number> => {
  await session.result()
  return ((await session.describe()).closeTime?.getTime() ?? 0) - start
}

describe('the ordinary way', () => {
  test('opens, is entered, ends, and is sent to the panel', async () => {
    const { id, session, answer } = await opened()
    expect(answer).toEqual({ state: 'created', outcome: null, provisional: false, payable: false })
    await world.click(id)
    await session.signal(respondentEntered)
    world.claim(id, 'COMPLETED')
    await session.signal(outcomeArrived)
    expect(await session.result()).toEqual({
      state: 'finished',
      outcome: 'COMPLETED',
      provisional: false,
      payable: true,
    })
    expect(world.of(id)).toMatchObject({
      calls: ['openEntry', 'recordOutcome', 'deliver #1'],
      outcomes: ['COMPLETED'],
      delivered: new Set([`${id}#1`]),
    })
  })

  test('a second start of the same session is the same session, also once it has ended', async () => {
    const { id, session } = await opened()
    const again = () =>
      env.client.workflow.start(respondentSession, {
        ...startOf(id, 0),
        workflowIdConflictPolicy: 'USE_EXISTING',
      })
    await (await again()).executeUpdate(entryOpened)
    expect(world.of(id).calls).toEqual(['openEntry'])
    world.claim(id, 'ERROR')
    await session.signal(outcomeArrived)
    await session.result()
    await expect(again()).rejects.toThrow(WorkflowExecutionAlreadyStartedError)
  })

  test('an outcome before the click signal, and a click signal after it, end it once', async () => {
    const { id, session } = await opened()
    await world.click(id)
    world.claim(id, 'TERMINATED')
    await session.signal(outcomeArrived)
    await session.signal(respondentEntered)
    expect(await session.result()).toMatchObject({ outcome: 'TERMINATED' })
    expect(world.of(id).outcomes).toEqual(['TERMINATED'])
  })

  test('every signal ten times is one outcome and one message', async () => {
    const { id, session } = await opened()
    await world.click(id)
    for (let n = 0; n < 10; n++) await session.signal(respondentEntered)
    world.claim(id, 'COMPLETED')
    await Promise.allSettled(Array.from({ length: 10 }, () => session.signal(outcomeArrived)))
    expect(await session.result()).toMatchObject({ outcome: 'COMPLETED' })
    expect(world.of(id).calls.filter((call) => call.startsWith('deliver'))).toEqual(['deliver #1'])
  })
})

describe('time', () => {
  test('runs out at the deadline of a link that is not clicked', async () => {
    const { id, session } = await opened()
    const took = await livedFrom(world.of(id).entryDeadline - ENTRY_TTL, session)
    expect(took).toBeGreaterThanOrEqual(ENTRY_TTL - 2 * SECOND)
    expect(took).toBeLessThan(ENTRY_TTL + 20 * SECOND)
    expect(world.of(id)).toMatchObject({ outcomes: ['TIMEOUT'], enteredAt: null })
    expect(world.of(id).delivered.size).toBe(1)
  })

  test('runs out for a respondent who never returns, counted from the click', async () => {
    const { id, session } = await opened()
    await env.sleep('20 minutes')
    await world.click(id)
    await session.signal(respondentEntered)
    const took = await livedFrom(await env.currentTimeMs(), session)
    expect(took).toBeGreaterThanOrEqual(COMPLETION_TTL - 2 * SECOND)
    expect(took).toBeLessThan(COMPLETION_TTL + 20 * SECOND)
    expect(world.of(id).outcomes).toEqual(['TIMEOUT'])
  })

  test('of the link counts from the creation, also after a slow opening', async () => {
    let openedAt = 0
    world.opening = async (attempt) => {
      if (attempt < 12) throw ApplicationFailure.retryable('503')
      openedAt = await env.currentTimeMs()
    }
    const { id, session } = await begin()
    const took = await livedFrom(world.of(id).entryDeadline - ENTRY_TTL, session)
    expect(openedAt - (world.of(id).entryDeadline - ENTRY_TTL)).toBeGreaterThan(3 * MINUTE)
    expect(took).toBeLessThan(ENTRY_TTL + 20 * SECOND)
    expect(world.of(id).outcomes).toEqual(['TIMEOUT'])
  })

  test('does not end a session whose click signal was lost, but waits for the rest of its time', async () => {
    const { id, session } = await opened()
    await env.sleep('5 minutes')
    await world.click(id)
    const took = await livedFrom(await env.currentTimeMs(), session)
    // neither thirty minutes after the click, nor thirty minutes too late
    expect(took).toBeGreaterThanOrEqual(COMPLETION_TTL - 2 * SECOND)
    expect(took).toBeLessThan(COMPLETION_TTL + 20 * SECOND)
    expect(world.of(id).calls.filter((call) => call === 'expireSession')).toHaveLength(2)
  })

  test('does not overrule an outcome whose signal was lost', async () => {
    const { id, session } = await entered()
    await env.sleep('1 hour')
    world.claim(id, 'COMPLETED')
    expect(await session.result()).toMatchObject({ outcome: 'COMPLETED', payable: true })
    expect(world.of(id)).toMatchObject({ outcomes: ['COMPLETED'], needsReview: false })
    expect(world.of(id).delivered.size).toBe(1)
  })

  test('continues after a signal without a claim', async () => {
    const { id, session } = await entered()
    await session.signal(outcomeArrived)
    await env.sleep('1 hour')
    expect(await session.query(position)).toMatchObject({ state: 'entered', outcome: null })
    world.claim(id, 'SCREENED_OUT')
    await session.signal(outcomeArrived)
    expect(await session.result()).toMatchObject({ outcome: 'SCREENED_OUT' })
  })

  test('is the same without a workflow cache, where every task is a replay', async () => {
    await rest()
    await work({ maxCachedWorkflows: 0 })
    const { id, session } = await entered()
    await env.sleep('1 hour')
    world.claim(id, 'COMPLETED')
    await session.signal(outcomeArrived)
    expect(await session.result()).toMatchObject({ outcome: 'COMPLETED' })
    expect(world.of(id).calls).toEqual(['openEntry', 'recordOutcome', 'deliver #1'])
    await rest()
    await work()
  })
})

describe('a provisional complete', () => {
  test('waits for better evidence, and sends an adjustment when it comes', async () => {
    const { id, session } = await entered()
    world.claim(id, 'COMPLETED', { provisional: true })
    await session.signal(outcomeArrived)
    await env.sleep('3 hours')
    expect(await session.query(position)).toEqual({
      state: 'finished',
      outcome: 'COMPLETED',
      provisional: true,
      payable: false,
    })
    world.claim(id, 'COMPLETED')
    await session.signal(outcomeArrived)
    expect(await session.result()).toMatchObject({ provisional: false, payable: true })
    expect(world.of(id).delivered.size).toBe(2)
  })

  test('stays provisional when no evidence comes before completion_ttl', async () => {
    const { id, session } = await entered()
    await env.sleep('1 hour')
    world.claim(id, 'COMPLETED', { provisional: true })
    await session.signal(outcomeArrived)
    const took = await livedFrom(await env.currentTimeMs(), session)
    expect(took).toBeGreaterThan(COMPLETION_TTL - 62 * MINUTE)
    expect(took).toBeLessThan(COMPLETION_TTL - 58 * MINUTE)
    expect(await session.result()).toMatchObject({ outcome: 'COMPLETED', provisional: true, payable: false })
    expect(world.of(id).delivered.size).toBe(1)
  })
})

describe('opening', () => {
  test('that is refused ends the session without a link', async () => {
    world.opening = async (_attempt, sessionId) => world.claim(sessionId, 'QUOTA_FULL')
    const { id, session, answer } = await opened()
    expect(answer).toMatchObject({ state: 'finished', outcome: 'QUOTA_FULL' })
    expect(await session.result()).toMatchObject({ outcome: 'QUOTA_FULL' })
    expect(world.of(id).calls).toContain('recordOutcome')
  })

  test('is retried while the provider is down, and answers when it is back', async () => {
    world.opening = async (attempt) => {
      if (attempt <= 4) throw ApplicationFailure.retryable('503')
    }
    const { id, session } = await begin()
    await env.sleep('1 minute')
    expect(await session.executeUpdate(entryOpened)).toMatchObject({ state: 'created' })
    expect(world.of(id).calls).toEqual(Array(5).fill('openEntry'))
    world.claim(id, 'ERROR')
    await session.signal(outcomeArrived)
    await session.result()
  })

  test('is abandoned once the entry link would have expired', async () => {
    world.opening = async () => {
      throw ApplicationFailure.retryable('503')
    }
    const { id, session } = await begin()
    const took = await livedFrom(world.of(id).entryDeadline - ENTRY_TTL, session)
    expect(await session.result()).toMatchObject({ outcome: 'ERROR' })
    expect(took).toBeGreaterThan(ENTRY_TTL - 2 * MINUTE)
    expect(took).toBeLessThan(ENTRY_TTL + 2 * MINUTE)
    expect(world.of(id).calls).toContain('abandonOpening')
  })

  test('does not hold up a session that ended meanwhile, also during a long Retry-After', async () => {
    world.opening = async () => {
      throw ApplicationFailure.create({ message: '429', nextRetryDelay: 25 * MINUTE })
    }
    const { id, session } = await begin()
    await expect.poll(() => world.of(id).calls, SOON).toEqual(['openEntry'])
    world.claim(id, 'ERROR')
    const toldAt = await env.currentTimeMs()
    await session.signal(outcomeArrived)
    const took = await livedFrom(toldAt, session)
    expect(await session.result()).toMatchObject({ outcome: 'ERROR' })
    expect(took).toBeLessThan(MINUTE)
    expect(world.of(id).calls).not.toContain('abandonOpening')
    expect(world.of(id).delivered.size).toBe(1)
  })

  test('continues after a signal without a claim', async () => {
    world.opening = async (attempt) => {
      if (attempt <= 3) throw ApplicationFailure.retryable('503')
    }
    const { id, session } = await begin()
    await session.signal(outcomeArrived)
    await env.sleep('1 minute')
    expect(await session.executeUpdate(entryOpened)).toMatchObject({ state: 'created' })
    await world.click(id)
    await session.signal(respondentEntered)
    world.claim(id, 'COMPLETED')
    await session.signal(outcomeArrived)
    expect(await session.result()).toMatchObject({ outcome: 'COMPLETED' })
  })
})

describe('the delivery to the panel', () => {
  test('is retried; a dead letter ends the session too', async () => {
    world.delivering = async (attempt) => {
      if (attempt < 3) throw ApplicationFailure.create({ message: '500', nextRetryDelay: '5 minutes' })
    }
    const first = await entered()
    world.claim(first.id, 'COMPLETED')
    await first.session.signal(outcomeArrived)
    const took = await livedFrom(await env.currentTimeMs(), first.session)
    expect(took).toBeGreaterThanOrEqual(10 * MINUTE - SECOND)
    expect(world.of(first.id).delivered.size).toBe(1)

    world.delivering = async () => {
      throw ApplicationFailure.nonRetryable('dead letter: 410')
    }
    const second = await entered()
    world.claim(second.id, 'COMPLETED')
    await second.session.signal(outcomeArrived)
    expect(await second.session.result()).toMatchObject({ outcome: 'COMPLETED', payable: true })
  })

  test('of a first message does not hold up the next one', async () => {
    world.delivering = async (_attempt, postbackId) => {
      if (postbackId.endsWith('#1')) throw ApplicationFailure.create({ message: '500', nextRetryDelay: '2 hours' })
    }
    const { id, session } = await entered()
    world.claim(id, 'COMPLETED', { provisional: true })
    await session.signal(outcomeArrived)
    await env.sleep('10 seconds')
    world.claim(id, 'COMPLETED')
    await session.signal(outcomeArrived)
    await env.sleep('10 seconds')
    expect([...world.of(id).delivered]).toEqual([`${id}#2`])
    world.delivering = () => {}
    await session.result()
    expect(world.of(id).delivered.size).toBe(2)
  })
})

describe('what an operator sees', () => {
  test('state, outcome, deadline and review as search attributes, the rest as details', async () => {
    const { id, session } = await opened()
    const attributes = async (): Promise<Record<string, unknown>> => {
      const { typedSearchAttributes } = await session.describe()
      return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]))
    }
    expect(await attributes()).toMatchObject({
      TributaryProvider: 'kantar',
      TributaryConnection: 'kantar-us',
      TributaryPanel: 'lifepoints',
      TributarySession: id,
      TributaryState: 'created',
      TributaryMarkets: ['USA'],
    })
    await world.click(id)
    await session.signal(respondentEntered)
    await expect.poll(async () => (await attributes()).TributaryState, SOON).toBe('entered')
    const deadline = (await attributes()).TributaryDeadline as Date
    expect(Math.abs(deadline.getTime() - (await env.currentTimeMs()) - COMPLETION_TTL)).toBeLessThan(MINUTE)

    world.claim(id, 'COMPLETED')
    world.claim(id, 'TERMINATED')
    await session.signal(outcomeArrived)
    await session.result()
    expect(await attributes()).toMatchObject({
      TributaryState: 'finished',
      TributaryOutcome: 'COMPLETED',
      TributaryNeedsReview: true,
    })
    const { currentDetails } = await session.query<{ currentDetails: string }>('__temporal_workflow_metadata')
    expect(currentDetails).toContain('**COMPLETED** · payable · needs review')
    expect(currentDetails).toContain('| connection | kantar-us |')
    expect(currentDetails).toContain(`search for \`TributarySession = "${id}"\``)
  })

  test('a summary of every timer and activity', async () => {
    const { id, session } = await entered()
    world.claim(id, 'COMPLETED')
    await session.signal(outcomeArrived)
    await session.result()
    const { events = [] } = await session.fetchHistory()
    const summaries = (events ?? []).flatMap(({ userMetadata }) => {
      const data = userMetadata?.summary?.data
      return data ? [JSON.parse(Buffer.from(data).toString()) as string] : []
    })
    expect(summaries).toEqual(
      expect.arrayContaining([
        'kantar-us · USA · 1.50 USD · panel lifepoints',
        'open an entry at kantar-us',
        'entry link expires',
        'waiting for an outcome',
        'deliver to the panel',
      ]),
    )
  })
})

test('sixty timers race sixty outcomes: each session ends once, and every claim is applied', async () => {
  const all = await Promise.all(Array.from({ length: 60 }, () => entered()))
  const arrive = async (id: string): Promise<void> => {
    world.claim(id, 'COMPLETED')
    // a workflow that has just ended has read the claim already
    await all
      .find((one) => one.id === id)
      ?.session.signal(outcomeArrived)
      .catch(() => undefined)
  }
  // the outcome is committed and signalled during `expireSession`: before PostgreSQL decides, or after
  world.expiring = async (when, id) => {
    const turn = all.findIndex((one) => one.id === id) % 3
    if (turn === 0 && when === 'before') await arrive(id)
    if (turn === 1 && when === 'after') await arrive(id)
    if (turn === 2 && when === 'after') void arrive(id)
  }
  for (const { id, session } of all) {
    const { outcome } = await session.result()
    const truth = world.of(id)
    expect(truth.outcomes).toEqual([outcome])
    expect(truth.outcomes).toEqual([truth.claims[0]])
    expect(truth.applied).toBe(truth.claims.length)
    expect(truth.delivered.size).toBe(1)
  }
  const ends = all.map(({ id }) => world.of(id).outcomes[0])
  expect(ends.filter((end) => end === 'COMPLETED')).toHaveLength(20)
  expect(ends.filter((end) => end === 'TIMEOUT')).toHaveLength(40)
})
