import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { main } from '../../cli/main.js'
import { checkInvariants } from '../../db/invariants/check.js'
import { type Postgres, startPostgres } from '../../scripts/postgres.mjs'
import { startTemporal, type Temporal } from '../../scripts/temporal.mjs'
import { type Asked, askAll, QUESTIONS, type Question, whileFrozen } from '../support/frozen.js'
import { takeSurvey, toldOf } from '../support/respondent.js'
import { persist, type Story, startStory } from '../support/story.js'

/**
 * Each part is stopped with SIGSTOP in turn: its process exists, its sockets are open, and it never answers. Every
 * request must be answered within 10 s, the pages must show the true state, and everything must catch up afterwards.
 */
const IN_TIME_MS = 10_000
/** Added for a machine under the load of a whole test run. */
const TEST_LOAD_MS = 8_000

const folder = mkdtempSync(join(tmpdir(), 'tributary-frozen-'))
const shared = { ...process.env }
let postgres: Postgres
let temporal: Temporal
let story: Story

beforeAll(async () => {
  // servers of its own: other tests run on the shared ones
  postgres = await startPostgres({ data: folder })
  temporal = await startTemporal({ data: folder, preferred: { port: 0, uiPort: 0 } })
  process.env.TEST_DATABASE_URL = postgres.url
  process.env.TEST_TEMPORAL_ADDRESS = temporal.address
  story = await startStory()
}, 180_000)

afterAll(async () => {
  await story?.close()
  await temporal?.stop()
  await postgres?.stop()
  Object.assign(process.env, shared)
  rmSync(folder, { recursive: true, force: true })
}, 90_000)

let respondents = 0
/** An offer, and a session whose link waits for its click. */
async function prepare(): Promise<{ create: Question; click: Question; sessionId: string }> {
  const offers = await offersFor(`ready-${++respondents}`)
  const ready = await persist('a session to click', async () => {
    const { status, body } = await createWith(offers, `ready-${respondents}`)
    return status === 201 && body.state === 'created'
      ? { url: String(body.entry_url), id: String(body.session_id) }
      : null
  })
  const panelist = `frozen-${respondents}`
  // not the survey of the session above: its last complete may be in flight when this one is booked
  const offer = (await offersFor(panelist)).at(-1)
  return {
    create: {
      name: 'create',
      method: 'POST',
      path: '/v1/sessions',
      body: { offer_id: offer, panelist_id: panelist, profile: PROFILE },
      headers: { 'idempotency-key': panelist },
    },
    click: { name: 'click', method: 'GET', path: new URL(ready.url).pathname },
    sessionId: ready.id,
  }
}

const PROFILE = { age: 34, sex: 'female', pets: '1|2' }
const offersFor = (panelist: string) =>
  persist('offers', async () => {
    const { body } = await story.call('POST', '/v1/surveys/match', {
      panelist_id: panelist,
      country: 'USA',
      profile: PROFILE,
      limit: 5,
    })
    const offers = ((body.offers ?? []) as { offer_id: string }[]).map(({ offer_id }) => offer_id)
    return offers.length > 0 ? offers : null
  })
const createWith = (offers: string[], panelist: string) =>
  story.call(
    'POST',
    '/v1/sessions',
    { offer_id: offers[0], panelist_id: panelist, profile: PROFILE },
    { 'idempotency-key': panelist },
  )

/** Expects every answer in time. @returns the answers by name */
function inTime(asked: readonly Asked[], allowed: readonly number[]): Map<string, Asked> {
  for (const { name, status, ms } of asked) {
    expect(ms, `${name} answered ${status}`).toBeLessThan(IN_TIME_MS + TEST_LOAD_MS)
    expect(allowed, `${name} answered ${status}`).toContain(status)
  }
  return new Map(asked.map((one) => [one.name, one]))
}

const MATCH = QUESTIONS.find(({ name }) => name === 'match') as Question
const READY = QUESTIONS.find(({ name }) => name === '/readyz') as Question

/** An answer that needs PostgreSQL; repeats a 503, because connecting may take too long on a loaded machine. */
async function served(answers: ReadonlyMap<string, Asked>, question: Question): Promise<Asked> {
  const first = answers.get(question.name)
  if (first !== undefined && first.status !== 503) return first
  return persist(question.name, async () => {
    const [again] = await askAll(story, [question])
    return again === undefined || again.status === 503 ? null : again
  })
}

/** Expects that a session created while a part was frozen opens afterwards. */
const opens = (sessionId: string) =>
  persist(
    `entry of ${sessionId}`,
    async () => {
      const { body } = await story.call('GET', `/v1/sessions/${sessionId}`)
      return body.state === 'opening' ? null : true
    },
    90_000,
  )

it('answers with PostgreSQL frozen: 503, and a page that retries for respondents', async () => {
  const { create, click } = await prepare()
  await whileFrozen(postgres.pid, async () => {
    const answers = inTime(await askAll(story, [...QUESTIONS, create, click]), [200, 202, 302, 303, 400, 401, 404, 503])
    for (const name of ['/readyz', 'match', 'create', 'click', '/v1/sessions', '/v1/finance/completes.csv'])
      expect(answers.get(name)?.status, name).toBe(503)
    expect(answers.get('click')?.text).toContain('tries again by itself')
    expect(answers.get('/healthz')?.status).toBe(200)
    expect(answers.get('/metrics')?.text).toContain('tributary_database_up 0')
  })
  const entered = await persist('the click afterwards', async () => {
    const { status } = await story.call('GET', click.path)
    return status === 302 ? true : null
  })
  expect(entered).toBe(true)
  expect((await toldOf(story, await takeSurvey(story, 'after-postgres')))[0]?.outcome).toBe('COMPLETED')
}, 180_000)

it('answers with Temporal frozen: matches, clicks and creates work, and nothing is lost', async () => {
  const { create, click } = await prepare()
  let opening = ''
  await whileFrozen(temporal.pid, async () => {
    const answers = inTime(await askAll(story, [...QUESTIONS, create, click]), [200, 201, 302, 303, 400, 401, 404, 503])
    expect((await served(answers, MATCH)).status).toBe(200)
    expect((await served(answers, click)).status).toBe(302)
    const created = await served(answers, create)
    expect(created).toMatchObject({ status: 201, body: { state: 'opening' } })
    expect(answers.get('poll')?.status).toBe(503)
    expect(await served(answers, READY)).toMatchObject({
      status: 200,
      body: { status: 'degraded', parts: { temporal: { ok: false } } },
    })
    expect(answers.get('/metrics')?.text).toContain('tributary_temporal_up 0')
    opening = String(created.body.session_id)
  })
  await opens(opening)
}, 180_000)

it('answers with the worker frozen, and shows it within five heartbeats', async () => {
  const { create, click } = await prepare()
  let opening = ''
  await whileFrozen(story.worker.pid, async () => {
    const began = performance.now()
    const answers = inTime(
      await askAll(story, [...QUESTIONS, create, click]),
      [200, 201, 202, 302, 303, 400, 401, 404, 503],
    )
    expect((await served(answers, MATCH)).status).toBe(200)
    const created = await served(answers, create)
    expect(created).toMatchObject({ status: 201, body: { state: 'opening' } })
    opening = String(created.body.session_id)
    await persist('the missed heartbeats to show', async () => {
      const { body } = await story.call('GET', '/readyz')
      return (body as { parts?: { workers?: { ok: boolean } } }).parts?.workers?.ok === false ? true : null
    })
    expect(performance.now() - began).toBeLessThan(25_000 + 2 * TEST_LOAD_MS)
    const { connections } = JSON.parse(await story.operator('/v1/ops/connections')) as {
      connections: { state: string; reason: string }[]
    }
    expect(connections[0]).toMatchObject({ state: 'degraded', reason: expect.stringMatching(/^no (heartbeat|poll) /) })
    await persist('metrics', async () => {
      const { text } = await story.call('GET', '/metrics')
      return text.includes('state="degraded"') && !text.includes('state="healthy"') ? true : null
    })
    const { code, out } = await doctor()
    expect(code).toBe(1)
    expect(out).toMatch(/FAULT {2}heartbeats .*supply: no heartbeat/)
  })
  await opens(opening)
  await persist('the worker’s heartbeat', async () => {
    const { body } = await story.call('GET', '/readyz')
    return body.status === 'ready' ? true : null
  })
}, 240_000)

it('answers with another API process frozen, which continues afterwards', async () => {
  const peer = await story.startPeer()
  const { create, click } = await prepare()
  await whileFrozen(peer.process.pid, async () => {
    const answers = inTime(
      await askAll(story, [...QUESTIONS, create, click]),
      [200, 201, 202, 302, 303, 400, 401, 404, 503],
    )
    expect((await served(answers, create)).status).toBe(201)
  })
  const afterwards = await askAll(story, QUESTIONS.slice(0, 3), peer.url)
  expect(afterwards.map(({ status }) => status)).toEqual([200, 200, 200])
}, 180_000)

it('has lost and repeated nothing', async () => {
  const id = await takeSurvey(story, 'at-the-end')
  expect((await toldOf(story, id)).map(({ outcome }) => outcome)).toEqual(['COMPLETED'])
  await persist('no invariant is broken', async () =>
    (await checkInvariants(story.database.knex)).length === 0 ? true : null,
  )
}, 120_000)

/** `tributary doctor`, as an operator runs it next to the processes. */
async function doctor(): Promise<{ code: number; out: string }> {
  let out = ''
  const write = (text: string) => {
    out += text
  }
  const checkout = fileURLToPath(new URL('../..', import.meta.url))
  const code = await main(['doctor'], { env: story.env, checkout, directory: folder, out: write, err: write })
  return { code, out }
}
