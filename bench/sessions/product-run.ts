import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'
import { inParallel } from '../support/figures.js'

export interface ProductFigures {
  readonly seconds: number
  readonly createMs: readonly number[]
  readonly clickMs: readonly number[]
  readonly returnMs: readonly number[]
  readonly lost: number
  readonly duplicated: number
}

/** The panel's endpoint: counts the messages it accepts by session. */
export class PanelHooks {
  readonly #messages = new Map<string, Set<string>>()
  readonly #waiting = new Map<string, () => void>()
  readonly #server = createServer((incoming, answer) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: { session_id: string } }
      const seen = this.#messages.get(data.session_id) ?? new Set()
      seen.add(String(incoming.headers['webhook-id']))
      this.#messages.set(data.session_id, seen)
      this.#waiting.get(data.session_id)?.()
      answer.writeHead(204).end()
    })
  })

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hooks`
  }

  /** Resolves with true when a session's message has arrived, with false after a minute. */
  async of(sessionId: string): Promise<boolean> {
    if (this.#messages.has(sessionId)) return true
    return new Promise((resolve) => {
      const giveUp = setTimeout(() => resolve(false), 60_000)
      this.#waiting.set(sessionId, () => {
        clearTimeout(giveUp)
        resolve(true)
      })
    })
  }

  /** The sessions with more than one message. */
  get duplicated(): number {
    return [...this.#messages.values()].filter((ids) => ids.size > 1).length
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** Drives N sessions end to end over HTTP: match, create, click, survey, return, and the panel's postback. */
export async function runProduct(
  apiUrl: string,
  key: string,
  hooks: PanelHooks,
  sessions: number,
  concurrency: number,
  prefix: string,
): Promise<ProductFigures> {
  const dispatcher = new Agent({ connections: concurrency * 2, pipelining: 1 })
  const [createMs, clickMs, returnMs]: number[][] = [[], [], []]
  let lost = 0
  const call = async (method: 'GET' | 'POST', url: string, body?: unknown) => {
    const answer = await request(url, {
      method,
      dispatcher,
      headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
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
  /** Retries while a session is still opening, as a respondent's browser does. */
  const clickThrough = async (entry: string) => {
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const clicked = await timed(clickMs ?? [], () => call('GET', entry))
      if (clicked.location !== '') return clicked
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    throw new Error(`${entry} leads nowhere`)
  }
  const startedAt = performance.now()
  await inParallel(sessions, concurrency, async (index) => {
    const panelistId = `${prefix}-${index}`
    const profile = { age: 20 + (index % 40), sex: index % 2 === 0 ? 'male' : 'female', pets: '1|2' }
    const matched = await call('POST', `${apiUrl}/v1/surveys/match`, {
      panelist_id: panelistId,
      country: 'USA',
      profile,
      limit: 20,
    })
    const offers = (JSON.parse(matched.text) as { offers?: { offer_id: string }[] }).offers ?? []
    const offer = offers[index % Math.max(offers.length, 1)]
    if (offer === undefined) throw new Error(`no offer: ${matched.status} ${matched.text.slice(0, 300)}`)
    const created = await timed(createMs ?? [], () =>
      call('POST', `${apiUrl}/v1/sessions`, { offer_id: offer.offer_id, panelist_id: panelistId, profile }),
    )
    const session = JSON.parse(created.text) as { session_id?: string; entry_url?: string }
    if (created.status !== 201 || session.session_id === undefined || session.entry_url === undefined) {
      throw new Error(`not created: ${created.status} ${created.text.slice(0, 300)}`)
    }
    const entry = session.entry_url
    const clicked = await clickThrough(entry)
    const survey = await call(
      'GET',
      `${clicked.location}${clicked.location.includes('?') ? '&' : '?'}auto=COMPLETED&delivery=postback_first`,
    )
    const returned = await timed(returnMs ?? [], () => call('GET', survey.location))
    if (returned.status !== 302)
      throw new Error(
        `not returned: ${returned.status} ${returned.text.slice(0, 300)} (${survey.status} ${survey.location})`,
      )
    if (!(await hooks.of(session.session_id))) lost += 1
  })
  const seconds = (performance.now() - startedAt) / 1000
  await dispatcher.close()
  return {
    seconds,
    createMs: createMs ?? [],
    clickMs: clickMs ?? [],
    returnMs: returnMs ?? [],
    lost,
    duplicated: hooks.duplicated,
  }
}

/** The same driver's clicks on the bare route, `concurrency` at a time. */
export async function timeBareRoute(url: string, requests: number, concurrency: number): Promise<number[]> {
  const dispatcher = new Agent({ connections: concurrency, pipelining: 1 })
  const times: number[] = []
  await inParallel(requests, concurrency, async (index) => {
    const at = performance.now()
    const answer = await request(`${url}/u/b${index % 10_000}`, { dispatcher })
    await answer.body.dump()
    times.push(performance.now() - at)
  })
  await dispatcher.close()
  return times
}
