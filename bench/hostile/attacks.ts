import { Agent, request } from 'undici'

/** The attacks: what a malicious client or a runaway program sends. */
export const ATTACKS = ['forged arrivals', 'limit 200', 'profiles of 10,000', 'wrong keys'] as const
export type Attack = (typeof ATTACKS)[number]

export interface Target {
  readonly apiUrl: string
  /** A known key other than the measured one. */
  readonly key: string
}

/** The number of answers with each status. */
export type Answers = Record<string, number>

const JSON_TYPE = { 'content-type': 'application/json' }
/** Node.js accepts request lines and headers of at most 16 KB. */
const MANY_PARAMETERS = Array.from({ length: 1_000 }, (_, n) => `parameter${n}=1`).join('&')
const LARGE = JSON.stringify({ jws: 'x'.repeat(100_000), fill: Array.from({ length: 14_000 }, (_, n) => `v${n}`) })
const DEEP = '['.repeat(100_000) + ']'.repeat(100_000)
const PROFILE = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`attribute_${n}`, `${n}`]))
/** A runaway program sends as fast as it can; a benchmark is bounded. */
const MOST_REQUESTS = 200_000

/** Runs one attack for the given number of seconds. */
export async function attack(kind: Attack, target: Target, seconds: number): Promise<Answers> {
  const dispatcher = new Agent({ connections: 64, pipelining: 1 })
  const until = performance.now() + seconds * 1_000
  const answers: Answers = {}
  let sent = 0
  const send = async (path: string, headers: Record<string, string>, body?: string): Promise<void> => {
    const answer = await request(`${target.apiUrl}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      dispatcher,
      headers,
      ...(body === undefined ? {} : { body }),
    }).catch(() => null)
    await answer?.body.dump()
    const status = String(answer?.statusCode ?? 'broken')
    answers[status] = (answers[status] ?? 0) + 1
  }
  const goesOn = (): boolean => performance.now() < until && sent++ < MOST_REQUESTS
  const loops = (count: number, one: (turn: number) => Promise<void>) =>
    Promise.all(
      Array.from({ length: count }, async (_, lane) => {
        for (let turn = lane; goesOn(); turn += 1) await one(turn)
      }),
    )
  const paced = async (perSecond: number, one: () => Promise<void>) => {
    const under: Promise<void>[] = []
    const from = performance.now()
    for (let turn = 0; goesOn(); turn += 1) {
      under.push(one())
      await new Promise((resolve) => setTimeout(resolve, from + ((turn + 1) * 1_000) / perSecond - performance.now()))
    }
    await Promise.all(under)
  }
  const match = (body: object) =>
    send('/v1/surveys/match', { ...JSON_TYPE, 'x-api-key': target.key }, JSON.stringify({ ...BUSY, ...body }))
  const forged = [
    () => send('/postbacks/kantar', JSON_TYPE, LARGE),
    () => send('/postbacks/kantar', JSON_TYPE, DEEP),
    () => send(`/returns/kantar?${MANY_PARAMETERS}`, {}),
  ]

  switch (kind) {
    case 'forged arrivals':
      await loops(4, async (turn) => forged[turn % forged.length]?.())
      break
    case 'limit 200':
      await paced(56, () => match({ limit: 200 }))
      break
    case 'profiles of 10,000':
      await paced(10, () => match({ profile: PROFILE }))
      break
    case 'wrong keys':
      await loops(4, (turn) => send('/v1/sessions', { 'x-api-key': `wrong ${turn}` }))
      break
  }
  await dispatcher.close()
  return answers
}

const BUSY = { panelist_id: 'busy', country: 'USA', profile: { age: 34, sex: 'female' } }
