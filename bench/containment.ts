import { parseArgs } from 'node:util'
import { measure, movedPercent, type Round, setHanging, until } from './containment/rounds.js'
import { patientFetch, SandboxJournal } from './ingest/sandbox-journal.js'
import { bounded } from './support/bounded.js'
import { percentiles, report } from './support/figures.js'
import { freePort, startStack } from './support/stack.js'

const PANEL_KEY = 'tk_bench'
const OPERATOR_KEY = 'ok_bench'
const POLL_MS = 1_000
const MATCH_PAUSE_MS = 20
/** The medians may grow by at most this percentage. */
const MOST_MOVED_PERCENT = 10

/**
 * `npm run bench:containment -- [--seconds S] [--rounds R] [--surveys N] [--json FILE]`: two connections at two
 * simulated gateways, polled every second. The second feed hangs; this must not slow down the polls of the first or the
 * matches of a panel. Rounds with and without the fault alternate, so load from other programs affects both alike. On
 * its own servers, on loopback; bounded in time. Exits with 1 when a median grew by more than 10 %.
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
  const seconds = bounded(values.seconds ?? '20', 1, 600, '--seconds')
  const rounds = bounded(values.rounds ?? '2', 1, 20, '--rounds')
  const surveys = bounded(values.surveys ?? '1000', 1, 20_000, '--surveys')
  const otherPort = await freePort()
  const otherUrl = `http://127.0.0.1:${otherPort}`
  const stack = await startStack({
    configuration: ({ sandboxUrl }) => ({ file: 'bench.yaml', text: configuration(sandboxUrl, otherUrl) }),
    sandbox: { SANDBOX_PLANS: String(surveys), SANDBOX_TICK: '0' },
  })
  try {
    await stack.start('sandbox-other', ['sandbox/main.ts'], {
      SANDBOX_PORT: String(otherPort),
      TRIBUTARY_SANDBOX_URL: otherUrl,
      SANDBOX_PLANS: String(surveys),
      SANDBOX_TICK: '0',
    })
    const [journal, other] = [new SandboxJournal(stack.sandboxUrl), new SandboxJournal(otherUrl)]
    const match = () => askForMatches(stack.apiUrl)
    const well: Round[] = []
    const hanging: Round[] = []
    for (let round = 0; round < rounds; round += 1) {
      const before = (await other.entries('kantar.polled')).length
      await tellPoll(stack.apiUrl)
      await until(
        'both connections poll',
        180_000,
        async () => (await other.entries('kantar.polled')).length > before + 1,
      )
      well.push(await measure(journal, seconds, match, MATCH_PAUSE_MS))
      await setHanging(otherUrl, true)
      const struck = (await other.entries('fault')).length
      await until('the second feed hangs', 60_000, async () => (await other.entries('fault')).length > struck)
      hanging.push(await measure(journal, seconds, match, MATCH_PAUSE_MS))
      await setHanging(otherUrl, false)
    }
    const figures = compared(well, hanging)
    report({ surveys_each: surveys, rounds, seconds_each: seconds, ...figures }, values.json)
    if (!figures.contained) process.exitCode = 1
  } finally {
    await stack.stop()
  }
}

function compared(well: readonly Round[], hanging: readonly Round[]) {
  const of = (rounds: readonly Round[], key: keyof Round) => percentiles(rounds.flatMap((round) => round[key]))
  const [cadence, cadenceHanging] = [of(well, 'cadenceMs'), of(hanging, 'cadenceMs')]
  const [latency, latencyHanging] = [of(well, 'matchMs'), of(hanging, 'matchMs')]
  const moved = {
    cadence: movedPercent(cadence.p50, cadenceHanging.p50),
    match: movedPercent(latency.p50, latencyHanging.p50),
  }
  return {
    cadence_ms: { well: cadence, hanging: cadenceHanging },
    match_ms: { well: latency, hanging: latencyHanging },
    moved_percent: moved,
    contained: moved.cadence <= MOST_MOVED_PERCENT && moved.match <= MOST_MOVED_PERCENT,
  }
}

async function askForMatches(apiUrl: string): Promise<void> {
  const answer = await patientFetch(`${apiUrl}/v1/surveys/match`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': PANEL_KEY },
    body: JSON.stringify({ panelist_id: 'bench', country: 'USA', profile: { age: 34, sex: 'female' } }),
  })
  const { offers } = (await answer.json()) as { offers?: unknown[] }
  if (!answer.ok || !offers?.length) throw new Error(`a match answered ${answer.status} with no offer`)
}

/** Polls the hung connection now, so the benchmark does not wait for its backoff. */
async function tellPoll(apiUrl: string): Promise<void> {
  await patientFetch(`${apiUrl}/v1/ops/connections/other/poll`, {
    method: 'POST',
    headers: { 'x-api-key': OPERATOR_KEY },
  })
}

function configuration(sandboxUrl: string, otherUrl: string): string {
  const connection = (id: string, url: string) =>
    `  - { id: ${id}, provider: kantar, supply_url: "${url}/kantar/supply", api_key: "kantar-sandbox-key", poll: ${POLL_MS}ms }\n`
  return `egress: { allow_private: true }
limits: { per_key_per_second: 100000, burst: 100000 }
operators: [{ id: ops, api_key: "${OPERATOR_KEY}", roles: [ops] }]
panels:
  - id: lifepoints
    api_key: "${PANEL_KEY}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "http://127.0.0.1:9/done" }
connections:
${connection('well', sandboxUrl)}${connection('other', otherUrl)}`
}

main().catch((error: unknown) => {
  process.stderr.write(`bench:containment: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
