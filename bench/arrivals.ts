import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Agent, request } from 'undici'
import { bounded } from './support/bounded.js'
import { inParallel, percentiles, report, round } from './support/figures.js'
import { type Stack, startStack } from './support/stack.js'

const PANEL_KEY = 'tk_bench'
const MOST_ARRIVALS = 20_000
const WARMING = 50
/** Below the burst limit of refused arrivals per address, so the API reads every measured arrival. */
const ARRIVALS_AN_ADDRESS = 100
const MOST_SECONDS = 60
/** The number of concurrent senders during the measured matches. */
const SENDERS = 4
/** Linux reports CPU time in hundredths of a second. */
const MS_A_TICK = 10

/** One kind of unsigned arrival. */
interface Forged {
  readonly path: string
  readonly body?: string
  readonly type?: string
}

const repeated = (text: string, bytes: number): string => text.repeat(Math.floor(bytes / text.length))
const nested = (bytes: number): string => repeated('{"a":', bytes)
const members = (bytes: number): string =>
  `{${Array.from({ length: Math.floor(bytes / 11) }, (_, at) => `"a${String(at).padStart(5, '0')}":1`).join(',')}}`
const MEMBER_STATUS = '/postbacks/toluna/member-status'

/** First the body that is refused by its size, then those that the API reads. Node.js limits an address to 16 KB. */
const SHAPES: Readonly<Record<string, Forged>> = {
  'JSON of 240 KB': { path: '/postbacks/kantar', body: `{"jws":"${'x'.repeat(240_000)}"}` },
  'nested JSON of 240 KB': { path: MEMBER_STATUS, body: nested(240_000) },
  'nested JSON of 32 KB': { path: MEMBER_STATUS, body: nested(32_000) },
  'JSON of 3,000 members': { path: MEMBER_STATUS, body: members(32_000) },
  'form of 8,000 parameters': {
    path: MEMBER_STATUS,
    body: repeated('a=1&', 32_000),
    type: 'application/x-www-form-urlencoded',
  },
  'form of broken escapes': {
    path: MEMBER_STATUS,
    body: repeated('%FF=%FF&', 2_000),
    type: 'application/x-www-form-urlencoded',
  },
  'address of 3,000 parameters': { path: `/returns/toluna?encValue=00&${repeated('a=1&', 12_000)}` },
  'address of apostrophes': { path: `/returns/toluna?a=${repeated('%27', 12_000)}&encValue=00` },
  'JSON of 32 KB under a forged address': { path: '/postbacks/ps/complete?ps_hash=00', body: members(32_000) },
  'forged token': {
    path: `/returns/kantar?jws=${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${'e'.repeat(12_000)}.AA`,
  },
}

/**
 * `npm run bench:arrivals -- [--arrivals N] [--seconds S] [--json FILE]`: N unsigned arrivals of each shape, and the
 * CPU time that each costs the API process (an upper bound of the time on its event loop); then one panel's matches
 * with and without four concurrent senders. On its own servers, on loopback; bounded in count and time.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { arrivals: { type: 'string' }, seconds: { type: 'string' }, json: { type: 'string' } },
  })
  const arrivals = bounded(values.arrivals ?? '1000', 10, MOST_ARRIVALS, '--arrivals')
  const seconds = bounded(values.seconds ?? '10', 1, MOST_SECONDS, '--seconds')
  const stack = await startStack({
    configuration: () => ({ file: 'bench.yaml', text: CONFIGURATION }),
    sandbox: { SANDBOX_PLANS: '1', SANDBOX_TICK: '0' },
    worker: false,
  })
  try {
    const cost: Record<string, unknown> = {}
    for (const [at, [name, shape]] of Object.entries(SHAPES).entries())
      cost[name] = await costOf(stack, shape, arrivals, `127.0.${at + 1}`)
    const alone = await matches(stack, seconds)
    const stop = new AbortController()
    const senders = Array.from({ length: SENDERS }, () => sendUntil(stack, stop.signal))
    const beside = await matches(stack, seconds)
    stop.abort()
    await Promise.all(senders)
    report({ arrivals, ...cost, match_ms_alone: alone, match_ms_beside_four_senders: beside }, values.json)
  } finally {
    await stack.stop()
  }
}

/** @param network of loopback addresses to send from, because refused arrivals are limited by address */
async function costOf(
  stack: Stack,
  shape: Forged,
  count: number,
  network: string,
): Promise<{ cpu_ms: number; statuses: number[] }> {
  const statuses = new Set<number>()
  const agents = Array.from(
    { length: Math.ceil((count + WARMING) / ARRIVALS_AN_ADDRESS) },
    (_, at) => new Agent({ localAddress: `${network}.${at + 1}` }),
  )
  let sent = 0
  const next = async (): Promise<void> => {
    const agent = agents[Math.floor(sent++ / ARRIVALS_AN_ADDRESS)]
    if (agent !== undefined) statuses.add(await send(stack, shape, agent))
  }
  for (let warm = 0; warm < WARMING; warm += 1) await next()
  const before = cpuMilliseconds(stack.pids.api)
  await inParallel(count, SENDERS, next)
  const cpuMs = round((cpuMilliseconds(stack.pids.api) - before) / count)
  await Promise.all(agents.map((agent) => agent.close()))
  return { cpu_ms: cpuMs, statuses: [...statuses] }
}

async function sendUntil(stack: Stack, signal: AbortSignal): Promise<void> {
  const agent = new Agent()
  const shapes = Object.values(SHAPES)
  for (let at = 0; !signal.aborted; at += 1) {
    const shape = shapes[at % shapes.length]
    if (shape !== undefined) await send(stack, shape, agent)
  }
  await agent.close()
}

async function send(
  { apiUrl }: Stack,
  { path, body, type = 'application/json' }: Forged,
  agent: Agent,
): Promise<number> {
  const posted = body === undefined ? {} : ({ method: 'POST', body, headers: { 'content-type': type } } as const)
  const answer = await request(apiUrl + path, { dispatcher: agent, ...posted })
  await answer.body.dump()
  const { statusCode } = answer
  if (statusCode >= 500 || statusCode < 400) throw new Error(`${path.slice(0, 60)} answered ${statusCode}`)
  return statusCode
}

/** One panel's matches, one after the other. */
async function matches({ apiUrl }: Stack, seconds: number) {
  const times: number[] = []
  const until = Date.now() + seconds * 1_000
  while (Date.now() < until) {
    const started = performance.now()
    const answer = await fetch(`${apiUrl}/v1/surveys/match`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': PANEL_KEY },
      body: '{"panelist_id":"bench","country":"USA","profile":{}}',
    })
    await answer.arrayBuffer()
    if (answer.status !== 200) throw new Error(`match answered ${answer.status}`)
    times.push(performance.now() - started)
  }
  const sorted = [...times].sort((one, other) => one - other)
  return {
    ...percentiles(times),
    p95: round(sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN),
    count: times.length,
  }
}

function cpuMilliseconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // after the name in parentheses, which may contain spaces; utime and stime are fields 14 and 15
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_A_TICK
}

const CONFIGURATION = `
egress: { allow_private: true }
limits: { per_key_per_second: 100000, burst: 100000 }
panels:
  - id: bench
    api_key: ${PANEL_KEY}
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "https://panel.example/done" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50 }
connections:
  - id: kantar
    provider: kantar
    supply_url: http://127.0.0.1:9/kantar
    api_key: key
    returns: { verify: { kind: jws, parameter: jws, algorithms: [HS256], secret: bench-secret-of-32-bytes-or-more } }
    postbacks: { verify: { kind: jws, location: body, parameter: jws, algorithms: [HS256], secret: bench-secret-of-32-bytes-or-more } }
  - id: toluna
    provider: toluna
    base_url: http://127.0.0.1:9/toluna
    api_auth_key: key
    panel_guid: guid
    market: { country: USA, locale: en-US }
    returns: { verify: { kind: hmac, parameter: encValue, algorithm: sha256, secret: bench, over: url } }
    postbacks: { member_status: { verify: { kind: hmac, location: body, parameter: EncryptedValue, algorithm: sha256, secret: bench, over: [SurveyId, WaveId, UniqueCode] } } }
  - id: ps
    provider: purespectrum
    base_url: http://127.0.0.1:9/ps
    access_token: key
    supplier_id: 49
    postbacks: { complete: { verify: { kind: hash, algorithm: sha1, parameter: ps_hash, secret: bench, over: url_without_separator } } }
`

main().catch((error: unknown) => {
  process.stderr.write(`bench:arrivals: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
