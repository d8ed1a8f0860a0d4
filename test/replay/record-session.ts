import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { ApplicationFailure } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { janitor } from '../../workflows/janitor.js'
import { outcomeArrived, respondentEntered } from '../../workflows/messages/session.js'
import { sessionStart } from '../../workflows/messages/session-start.js'
import { respondentSession } from '../../workflows/respondent-session.js'
import { deliverPostback, settleClaim } from '../../workflows/settle-claim.js'
import { FakeSessions } from '../support/fake-sessions.js'
import { historyToText } from '../support/history.js'
import { createOwnTemporal } from '../support/own-temporal.js'
import { testWorkflowBundle } from '../support/temporal.js'

// Records the current histories of the session workflows for a release: npx tsx test/replay/record-session.ts v1
// (with `node scripts/dev-servers.mjs` running). Never record over the histories of a released version.
const [version = ''] = process.argv.slice(2)
if (!/^v\d+$/.test(version)) throw new Error('give the version, such as v1')
Object.assign(process.env, JSON.parse(readFileSync('.tributary-dev/servers.json', 'utf8')))

const TTL = { entryTtlMs: 4_000, completionTtlMs: 6_000 }
const temporal = await createOwnTemporal()
const world = new FakeSessions(async () => Date.now(), TTL)
let rounds = 0
const activities = {
  ...world.activities,
  findLeftBehind: async () => {
    rounds += 1
    if (rounds > 1) throw ApplicationFailure.nonRetryable('end of the recording')
    return {
      sessions: [factsOf('swept')],
      claims: [
        { claimId: 'c-swept', sessionId: 'confirmed' },
        { claimId: 'c-none', sessionId: 'never-started' },
      ],
      postbacks: [{ postbackId: 'swept#1', redelivery: 1 }],
    }
  },
  tidy: async () => ({ partitions: 0, keys: 0, matches: 0 }),
}
const common = { connection: temporal.native, namespace: temporal.namespace, activities }
const workflowBundle = await testWorkflowBundle()
const workers = [
  await Worker.create({ ...common, taskQueue: 'sessions', workflowBundle }),
  await Worker.create({ ...common, taskQueue: 'entry-kantar-us' }),
  await Worker.create({ ...common, taskQueue: 'postbacks' }),
]
const ended = Promise.all(workers.map((worker) => worker.run()))

const factsOf = (sessionId: string) => ({
  sessionId,
  connection: 'kantar-us',
  provider: 'kantar',
  panel: 'lifepoints',
  country: 'USA',
  price: '1.50 USD',
  ...TTL,
  entryDeadline: Date.now() + TTL.entryTtlMs,
})
async function start(id: string) {
  await world.create(id)
  return temporal.client.workflow.start(respondentSession, sessionStart(factsOf(id)))
}
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(20)
}
type Session = Awaited<ReturnType<typeof start>>
const click = async (id: string, session: Session): Promise<void> => {
  await until(() => world.of(id).state === 'created')
  await world.click(id)
  await session.signal(respondentEntered)
}
const arrive = async (id: string, session: Session, given: { provisional?: boolean } = {}): Promise<void> => {
  world.claim(id, 'COMPLETED', given)
  await session.signal(outcomeArrived)
}
async function save(name: string, workflowId: string): Promise<void> {
  const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory()
  const file = new URL(`histories/session-${version}-${name}.json`, import.meta.url)
  writeFileSync(file, historyToText(history))
}

const paths: Record<string, (id: string, session: Session) => Promise<void>> = {
  complete: async (id, session) => {
    await click(id, session)
    await arrive(id, session)
  },
  'nobody-clicks': async () => {},
  'nobody-comes-back': click,
  'lost-signals': async (id) => {
    await until(() => world.of(id).state === 'created')
    await world.click(id)
    await delay(5_000)
    world.claim(id, 'COMPLETED')
  },
  confirmed: async (id, session) => {
    await click(id, session)
    await arrive(id, session, { provisional: true })
    await delay(500)
    await arrive(id, session)
  },
  'never-confirmed': async (id, session) => {
    await click(id, session)
    await arrive(id, session, { provisional: true })
  },
  refused: async () => {},
  'needless-signals': async (id, session) => {
    await until(() => world.of(id).state === 'created')
    await session.signal(outcomeArrived)
    await delay(200)
    await click(id, session)
    await session.signal(respondentEntered)
    await arrive(id, session)
  },
  'ended-while-opening': async (id, session) => {
    await until(() => world.of(id).calls.length > 0)
    await arrive(id, session)
  },
  'opened-at-the-third-try': async (id, session) => {
    await click(id, session)
    await arrive(id, session)
  },
  'given-up': async () => {},
  'dead-letter': async (id, session) => {
    await click(id, session)
    await arrive(id, session)
  },
}
world.opening = (attempt, id) => {
  if (id === 'refused') world.claim(id, 'QUOTA_FULL')
  if (id === 'ended-while-opening') throw ApplicationFailure.create({ message: '429', nextRetryDelay: '20 seconds' })
  if (id === 'given-up' || (id === 'opened-at-the-third-try' && attempt < 2)) throw ApplicationFailure.retryable('503')
}
world.delivering = (_attempt, postbackId) => {
  if (postbackId.startsWith('dead-letter')) throw ApplicationFailure.nonRetryable('dead letter: 410')
}
await Promise.all(
  Object.entries(paths).map(async ([id, live]) => {
    const session = await start(id)
    await live(id, session)
    await session.result()
    await save(id, session.workflowId)
  }),
)

world.claim('complete', 'TERMINATED')
const onQueue = { taskQueue: 'sessions' }
const claim = { claimId: 'c-late', sessionId: 'complete' }
await temporal.client.workflow.execute(settleClaim, { ...onQueue, workflowId: 'claim:c-late', args: [claim] })
await save('settle-claim', 'claim:c-late')
const message = { postbackId: 'complete#1' }
await temporal.client.workflow.execute(deliverPostback, { ...onQueue, workflowId: 'postback:1', args: [message] })
await save('deliver-postback', 'postback:1')
await world.create('swept')
await world.create('never-started')
world.claim('never-started', 'COMPLETED')
const sweeper = await temporal.client.workflow.start(janitor, { ...onQueue, workflowId: 'janitor' })
await sweeper.result().catch(() => undefined)
await save('janitor', 'janitor')

for (const worker of workers) worker.shutdown()
await ended
await temporal.close()
process.exit(0)
