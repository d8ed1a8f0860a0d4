import { Agent, request } from 'undici'
import type { PanelHooks } from '../sessions/product-run.js'
import { inParallel } from '../support/figures.js'

export interface RouterFigures {
  readonly seconds: number
  readonly createMs: readonly number[]
  readonly startMs: readonly number[]
  readonly outcomeMs: readonly number[]
  readonly finishMs: readonly number[]
  readonly lost: number
  readonly duplicated: number
}

/** The part of a feed item that a panel needs for a session. */
export interface Supply {
  readonly apiUrl: string
  readonly creationUrls: readonly string[]
}

/** Launches plans as a buyer, reads them from the feed as a panel, and acknowledges them. */
export async function launchPlans(apiUrl: string, buyerKey: string, panelKey: string, plans: number): Promise<Supply> {
  for (let at = 0; at < plans; at += 1) {
    const answer = await fetch(`${apiUrl}/survey-plan`, {
      method: 'POST',
      headers: { 'x-api-key': buyerKey, 'content-type': 'application/json' },
      body: JSON.stringify(planOf(at)),
    })
    if (answer.status !== 201) throw new Error(`plan not created: ${answer.status} ${await answer.text()}`)
  }
  const headers = { 'x-api-key': panelKey, 'content-type': 'application/json' }
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const feed = (await (await fetch(`${apiUrl}/surveys`, { headers })).json()) as FeedItem[]
    if (feed.length >= plans) {
      const ackId = Math.max(...feed.map(({ ack_id }) => ack_id))
      await fetch(`${apiUrl}/surveys/ack`, { method: 'POST', headers, body: JSON.stringify({ ack_id: ackId }) })
      return { apiUrl, creationUrls: feed.map(({ survey_session_creation_url }) => survey_session_creation_url) }
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`the feed does not show ${plans} plans after 30 s`)
}

interface FeedItem {
  readonly ack_id: number
  readonly survey_session_creation_url: string
}

const planOf = (at: number) => ({
  survey_id: `bench-${at}`,
  country: 'USA',
  locale: 'en-US',
  survey_url: 'http://127.0.0.1:9/survey',
  type: 'interview',
  estimated_loi: 5,
  estimated_cr: 50,
  estimated_ir: 80,
  target_completes: 1_000_000,
  survey_platform: 'Decipher',
  target_panels: [{ name: 'lifepoints' }],
  pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
  quotas: [
    {
      id: 'adults',
      qualifications: [{ question_id: 'age', qualifying_answers: [{ start: 18, end: 99 }] }],
      target_completes: 900_000,
    },
  ],
  qualifications: [{ question_id: 'sex', qualifying_answers: ['male', 'female'] }],
})

/** Drives N sessions through the router: create, start link, retrieve, outcome, finish link, and the panel's postback. */
export async function runRouter(
  supply: Supply,
  keys: { readonly panel: string; readonly platform: string },
  hooks: PanelHooks,
  sessions: number,
  concurrency: number,
  prefix: string,
): Promise<RouterFigures> {
  const dispatcher = new Agent({ connections: concurrency * 2, pipelining: 1 })
  const times = { create: [] as number[], start: [] as number[], outcome: [] as number[], finish: [] as number[] }
  let lost = 0
  const call = async (method: 'GET' | 'POST', url: string, key: string | null, body?: unknown) => {
    const answer = await request(url, {
      method,
      dispatcher,
      headers: {
        ...(key === null ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    const location = answer.headers.location
    return { status: answer.statusCode, text, location: typeof location === 'string' ? location : '' }
  }
  const timed = async <Result>(into: number[], work: () => Promise<Result>): Promise<Result> => {
    const at = performance.now()
    const result = await work()
    into.push(performance.now() - at)
    return result
  }
  const expected = (answer: { status: number; text: string }, status: number, what: string) => {
    if (answer.status !== status) throw new Error(`${what}: ${answer.status} ${answer.text.slice(0, 300)}`)
  }
  /** Retries while a session is still opening, as a respondent's browser does. */
  const startOf = async (url: string) => {
    let last = ''
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const started = await timed(times.start, () => call('GET', url, null))
      if (started.location !== '') return started.location
      last = `${started.status} ${started.text.slice(0, 300)}`
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    throw new Error(`${url} leads nowhere: ${last}`)
  }
  const startedAt = performance.now()
  await inParallel(sessions, concurrency, async (index) => {
    const creationUrl = supply.creationUrls[index % supply.creationUrls.length] ?? ''
    const created = await timed(times.create, () =>
      call('POST', creationUrl, keys.panel, {
        panelist_id: `${prefix}-${index}`,
        panelist_profile: { age: 20 + (index % 40), sex: index % 2 === 0 ? 'male' : 'female' },
      }),
    )
    expected(created, 200, 'not created')
    const survey = await startOf((JSON.parse(created.text) as { url: string }).url)
    const token = new URL(survey).searchParams.get('t') ?? ''
    const retrieved = await call('GET', `${supply.apiUrl}/sessions/${token}`, keys.platform)
    expected(retrieved, 200, 'not retrieved')
    const { session_id } = JSON.parse(retrieved.text) as { session_id: string }
    const told = await timed(times.outcome, () =>
      call('POST', `${supply.apiUrl}/panelist-outcome`, keys.platform, { session_id, outcome: 'COMPLETED' }),
    )
    expected(told, 200, 'outcome not accepted')
    const { redirect_url } = JSON.parse(told.text) as { redirect_url: string }
    const finished = await timed(times.finish, () => call('GET', redirect_url, null))
    expected(finished, 302, 'not sent home')
    if (!(await hooks.of(session_id))) lost += 1
  })
  const seconds = (performance.now() - startedAt) / 1000
  await dispatcher.close()
  return {
    seconds,
    createMs: times.create,
    startMs: times.start,
    outcomeMs: times.outcome,
    finishMs: times.finish,
    lost,
    duplicated: hooks.duplicated,
  }
}
