import { fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { type Answers, ATTACKS } from './hostile/attacks.js'
import { bounded } from './support/bounded.js'
import { report, round } from './support/figures.js'
import { type Stack, startStack } from './support/stack.js'

const CALM_KEY = 'tk_calm'
const BUSY_KEY = 'tk_busy'
const PAUSE_MS = 20
/** Another key's 95th percentile may grow by at most this percentage. */
const MOST_MOVED_PERCENT = 10

/**
 * `npm run bench:hostile -- [--seconds S] [--rounds R] [--surveys N] [--json FILE]`: the matches of one key,
 * alternately alone and during each attack: forged arrivals, another key that asks for 200 offers 56 times a second,
 * one that sends profiles of 10,000 attributes ten times a second, unknown keys. Limits are the default ones. On its
 * own servers, on loopback; bounded in count and time. Exits with 1 when a 95th percentile grew by more than 10 %.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      surveys: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const seconds = bounded(values.seconds ?? '10', 1, 300, '--seconds')
  const rounds = bounded(values.rounds ?? '2', 1, 20, '--rounds')
  const surveys = bounded(values.surveys ?? '1000', 1, 20_000, '--surveys')
  const stack = await startStack({
    configuration: ({ sandboxUrl }) => ({ file: 'bench.yaml', text: configuration(sandboxUrl) }),
    sandbox: { SANDBOX_PLANS: String(surveys), SANDBOX_TICK: '0' },
  })
  try {
    await offered(stack.apiUrl)
    await measure(stack.apiUrl, 3)
    const attacks: Record<string, object> = {}
    let contained = true
    for (const [number, name] of ATTACKS.entries()) {
      const alone: number[] = []
      const beside: number[] = []
      let answers: Answers = {}
      for (let turn = 0; turn < rounds; turn += 1) {
        alone.push(...(await measure(stack.apiUrl, seconds)))
        const attacker = attackBy(stack, number, seconds + 2)
        await pause(1_000)
        beside.push(...(await measure(stack.apiUrl, seconds)))
        answers = sum(answers, await attacker)
      }
      const moved = round((at(beside, 0.95) / at(alone, 0.95) - 1) * 100)
      contained &&= moved <= MOST_MOVED_PERCENT
      attacks[name] = {
        alone_ms: { p50: round(at(alone, 0.5)), p95: round(at(alone, 0.95)) },
        beside_ms: { p50: round(at(beside, 0.5)), p95: round(at(beside, 0.95)) },
        p95_moved_percent: moved,
        matches: beside.length,
        answers,
      }
    }
    report({ surveys, rounds, seconds_each: seconds, ...attacks, contained }, values.json)
    if (!contained) process.exitCode = 1
  } finally {
    await stack.stop()
  }
}

/** Sends matches of the measured key, one after another. @returns the time of each, in milliseconds */
async function measure(apiUrl: string, seconds: number): Promise<number[]> {
  const times: number[] = []
  for (const until = performance.now() + seconds * 1_000; performance.now() < until; ) {
    const from = performance.now()
    await matchCalmly(apiUrl)
    times.push(performance.now() - from)
    await pause(PAUSE_MS)
  }
  return times
}

async function matchCalmly(apiUrl: string): Promise<number> {
  const answer = await fetch(`${apiUrl}/v1/surveys/match`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': CALM_KEY },
    body: JSON.stringify({ panelist_id: 'calm', country: 'USA', profile: { age: 34, sex: 'female' } }),
  })
  const body = (await answer.json()) as { offers?: unknown[] }
  if (!answer.ok && answer.status !== 503) throw new Error(`a match answered ${answer.status}`)
  return body.offers?.length ?? 0
}

async function offered(apiUrl: string): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    if ((await matchCalmly(apiUrl)) > 0) return
    await pause(500)
  }
  throw new Error('no offers after two minutes')
}

function attackBy(stack: Stack, number: number, seconds: number): Promise<Answers> {
  return new Promise((resolve, reject) => {
    const child = fork('bench/hostile/attacker.ts', [String(number), stack.apiUrl, BUSY_KEY, String(seconds)], {
      execArgv: ['--import', 'tsx'],
    })
    child.once('message', (answers) => resolve(answers as Answers))
    child.once('exit', (code) => reject(new Error(`the attacker ended with ${code}`)))
  })
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function at(times: readonly number[], share: number): number {
  const sorted = [...times].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function sum(one: Answers, other: Answers): Answers {
  const all = { ...one }
  for (const [status, count] of Object.entries(other)) all[status] = (all[status] ?? 0) + count
  return all
}

function configuration(sandboxUrl: string): string {
  const jws = (location: string) =>
    `{ verify: { kind: jws, location: ${location}, parameter: jws, algorithms: [RS256], jwks_url: "${sandboxUrl}/kantar/.well-known/jwks.json", issuer: "${sandboxUrl}/kantar", audience: tributary } }`
  const panel = (id: string, key: string) => `
  - id: ${id}
    api_key: "${key}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "http://127.0.0.1:9/done" }`
  return `egress: { allow_private: true }
panels:${panel('lifepoints', CALM_KEY)}${panel('toplife', BUSY_KEY)}
connections:
  - id: kantar
    provider: kantar
    supply_url: "${sandboxUrl}/kantar/supply"
    api_key: "kantar-sandbox-key"
    poll: 1s
    returns: ${jws('query')}
    postbacks: ${jws('body')}
`
}

main().catch((error: unknown) => {
  process.stderr.write(`bench:hostile: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
