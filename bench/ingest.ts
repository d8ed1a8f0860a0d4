import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { between, type JournalEntry, patientFetch, SandboxJournal } from './ingest/sandbox-journal.js'
import { bounded } from './support/bounded.js'
import { percentiles, report, round } from './support/figures.js'
import { type Stack, startStack } from './support/stack.js'

const PANEL_KEY = 'tk_bench'
const OPERATOR_KEY = 'ok_bench'
const MOST_SURVEYS = 100_000
const MOST_CHANGES = 1_000
/** The number of repeats of the whole page, unchanged. */
const REPOLLS = 3

/**
 * `npm run bench:ingest -- --surveys N [--changes C] [--json FILE]`: N surveys from the sandbox into the catalogue in
 * one poll, the same page again unchanged, then C single changes from poll to match. All times come from the gateway's
 * journal and the panel: from the request for the page to the acknowledgement, or to the first match that shows the
 * change. On its own servers, on loopback; bounded in count.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { surveys: { type: 'string' }, changes: { type: 'string' }, json: { type: 'string' } },
  })
  const surveys = bounded(values.surveys ?? '20000', 1, MOST_SURVEYS, '--surveys')
  const changes = bounded(values.changes ?? '30', 1, MOST_CHANGES, '--changes')
  let refused: Promise<void> = Promise.resolve()
  const starting = new AbortController()
  const stack = await startStack({
    configuration: ({ sandboxUrl }) => {
      // the sandbox is up before the worker: it refuses the first acknowledgement, so the page comes again
      refused = new SandboxJournal(sandboxUrl).refuseAcknowledgements(1 + REPOLLS, starting.signal)
      return { file: 'bench.yaml', text: configuration(sandboxUrl) }
    },
    sandbox: { SANDBOX_PLANS: String(surveys), SANDBOX_TICK: '0' },
  }).finally(() => starting.abort())
  try {
    await refused
    const journal = new SandboxJournal(stack.sandboxUrl)
    await journal.wait('kantar.acked', 1, 180_000)
    const polled = await journal.entries('kantar.polled')
    const acks = await journal.entries('fault')
    const pages = polled.slice(0, 1 + REPOLLS).map((entry, index) => {
      const ack = acks[index]
      if (ack === undefined || entry.details.items !== surveys)
        throw new Error(`page ${index + 1} was not the complete feed`)
      return between(entry, ack)
    })
    const [firstMs = Number.NaN, ...repolls] = pages
    const matchableMs = await timeChanges(stack, journal, changes)
    report(
      {
        surveys,
        ingest_ms: firstMs,
        surveys_per_s: Math.round((surveys * 1_000) / firstMs),
        poll_to_matchable_ms: percentiles(matchableMs),
        unchanged_repoll_ms: percentiles(repolls).p50,
        rss_mb: peakMegabytes(stack.pids.worker),
      },
      values.json,
    )
  } finally {
    await stack.stop()
  }
}

/** Publishes surveys one by one, each better paid, polls, and sends matches until the new survey is the first offer. */
async function timeChanges(stack: Stack, journal: SandboxJournal, changes: number): Promise<number[]> {
  const times: number[] = []
  for (let change = 0; change < changes; change += 1) {
    const plan = `bench-${change}`
    await send(stack.sandboxUrl, 'PUT', `/_sandbox/plans/${plan}`, {
      pricing: { cpi: 1_000_000 + change, unit: 'fractional', currency: 'USD' },
    })
    await send(stack.apiUrl, 'POST', '/v1/ops/connections/kantar-sandbox/poll', undefined, OPERATOR_KEY)
    const deadline = Date.now() + 30_000
    while ((await bestOffer(stack.apiUrl)) !== plan) {
      if (Date.now() > deadline) throw new Error(`${plan} cannot be matched after 30 s`)
    }
    const seen = Date.now()
    const carried = (await journal.entries('kantar.polled')).find((entry) => carries(entry, plan))
    if (carried === undefined) throw new Error(`no poll carried ${plan}`)
    times.push(seen - Date.parse(carried.at))
  }
  return times
}

const carries = ({ details: { plans } }: JournalEntry, plan: string): boolean =>
  Array.isArray(plans) && plans.includes(plan)

async function bestOffer(apiUrl: string): Promise<string | undefined> {
  const answer = await send(
    apiUrl,
    'POST',
    '/v1/surveys/match',
    { panelist_id: 'bench', country: 'USA', profile: {}, limit: 1 },
    PANEL_KEY,
  )
  const { offers } = answer as { offers: { provider_survey_id: string }[] }
  return offers[0]?.provider_survey_id
}

async function send(base: string, method: string, path: string, body?: unknown, key?: string): Promise<unknown> {
  const answer = await patientFetch(`${base}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'x-api-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`)
  return text === '' ? null : JSON.parse(text)
}

/** The worker's largest resident set so far, from Linux's /proc; null elsewhere. */
function peakMegabytes(pid: number | undefined): number | null {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : round(Number(kilobytes) / 1_024)
  } catch {
    return null
  }
}

function configuration(sandboxUrl: string): string {
  return `egress: { allow_private: true }
limits: { per_key_per_second: 100000, burst: 100000 }
operators: [{ id: ops, api_key: "${OPERATOR_KEY}", roles: [ops] }]
panels:
  - id: lifepoints
    api_key: "${PANEL_KEY}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "http://127.0.0.1:9/done" }
connections:
  - id: kantar-sandbox
    provider: kantar
    supply_url: "${sandboxUrl}/kantar/supply"
    api_key: "kantar-sandbox-key"
    poll: 12s
`
}

main().catch((error: unknown) => {
  process.stderr.write(`bench:ingest: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
