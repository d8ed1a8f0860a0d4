import { parseArgs } from 'node:util'
import { Buyer, configuration, Panel } from './feed/gateway.js'
import { bounded } from './support/bounded.js'
import { inParallel, percentiles, report, round } from './support/figures.js'
import { freePort, startStack } from './support/stack.js'

/** The limits of a poll's 99th percentile: in ms, and relative to the bare route. */
const MOST_P99_MS = 50
const MOST_RATIO = 3

/**
 * `npm run bench:feed -- [--seconds S] [--panels P] [--plans N] [--panels-per-plan K] [--changes C] [--every E] [--json
 * FILE]`: P panels poll the feed of one API process every E seconds and acknowledge what they got, over N open plans,
 * of which C change every second through another API process. Halfway between two polls each panel calls a bare Express
 * route on the same PostgreSQL for as many rows of the same size as it last received, so both run under the same load.
 * At the end every panel must know the last state of every plan. On its own servers, on loopback; bounded in time and
 * count. Exits with 1 when a change was lost or a limit is exceeded.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      panels: { type: 'string' },
      plans: { type: 'string' },
      'panels-per-plan': { type: 'string' },
      changes: { type: 'string' },
      every: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const seconds = bounded(values.seconds ?? '60', 1, 3_600, '--seconds')
  const panels = bounded(values.panels ?? '200', 1, 1_000, '--panels')
  const plans = bounded(values.plans ?? '10000', 1, 50_000, '--plans')
  const perPlan = bounded(values['panels-per-plan'] ?? '20', 1, panels, '--panels-per-plan')
  const changes = bounded(values.changes ?? '50', 0, 1_000, '--changes')
  const every = bounded(values.every ?? '10', 1, 60, '--every')
  const stack = await startStack({
    configuration: () => ({ file: 'bench.yaml', text: configuration(panels) }),
    sandbox: { SANDBOX_PLANS: '0', SANDBOX_SURVEYS: '0', SANDBOX_TICK: '0', SANDBOX_LAUNCH: 'off' },
    // no worker: a plan's workflow has no work before the finish date, and these plans have none
    worker: false,
  })
  try {
    const launching = performance.now()
    // buyers call another replica, because the benchmark measures one process that serves the feed
    const buyersPort = await freePort()
    await stack.start('api-of-buyers', ['api/main.ts'], { PORT: String(buyersPort) })
    const buyer = new Buyer(`http://127.0.0.1:${buyersPort}`)
    await buyer.launch(plans, panels, perPlan)
    const launchMs = performance.now() - launching

    const readers = Array.from({ length: panels }, (_, index) => new Panel(stack.apiUrl, index))
    const first: { ms: number; updates: number; bytes: number }[] = []
    await inParallel(panels, 2, async (index) => {
      const reader = readers[index]
      if (reader !== undefined) first.push(await reader.poll())
    })
    const updates = first.reduce((sum, poll) => sum + poll.updates, 0)
    const bytes = Math.round(first.reduce((sum, poll) => sum + poll.bytes, 0) / Math.max(1, updates))

    const barePort = await freePort()
    const bareRows = 10_000
    await stack.start('bare', ['bench/feed/bare-feed.ts'], {
      BARE_PORT: String(barePort),
      BARE_ROWS: String(bareRows),
      BARE_BYTES: String(bytes),
    })
    const bareFeed = `http://127.0.0.1:${barePort}/feed`
    const run = await field({ buyer, readers, seconds, every, changes, bareFeed, bareRows })
    await until(15_000, async () => {
      await inParallel(panels, 4, async (index) => void (await readers[index]?.poll()))
      return stale(buyer, readers) === 0
    })

    const [poll, bare] = [percentiles(run.pollMs), percentiles(run.bareMs)]
    const lost = stale(buyer, readers)
    const ratio = round(poll.p99 / bare.p99)
    report(
      {
        panels,
        plans,
        panels_per_plan: perPlan,
        launched_per_s: Math.round((plans * 1_000) / launchMs),
        first_poll_ms: percentiles(first.map(({ ms }) => ms)),
        seconds,
        polls: run.pollMs.length,
        updates_per_poll: round(run.updates / run.pollMs.length),
        bytes_per_update: bytes,
        changes_per_s: round(run.changes / seconds),
        poll_ms: poll,
        bare_ms: bare,
        ratio_p50: round(poll.p50 / bare.p50),
        ratio_p99: ratio,
        lost,
        held: lost === 0 && poll.p99 < MOST_P99_MS && ratio < MOST_RATIO,
      },
      values.json,
    )
    if (lost > 0 || poll.p99 >= MOST_P99_MS || ratio >= MOST_RATIO) process.exitCode = 1
  } finally {
    await stack.stop()
  }
}

interface Field {
  readonly buyer: Buyer
  readonly readers: readonly Panel[]
  readonly seconds: number
  readonly every: number
  readonly changes: number
  readonly bareFeed: string
  readonly bareRows: number
}

/** The timed part: the panels' polls are spread evenly over the interval. */
async function field({ buyer, readers, seconds, every, changes, bareFeed, bareRows }: Field) {
  const [pollMs, bareMs]: [number[], number[]] = [[], []]
  const counted = { updates: 0, changes: 0 }
  const began = performance.now()
  const end = began + seconds * 1_000
  const reading = readers.map(async (reader, index) => {
    let beat = began + (index * every * 1_000) / readers.length
    while (beat < end) {
      await sleepUntil(beat)
      const { ms, updates } = await reader.poll()
      pollMs.push(ms)
      counted.updates += updates
      await sleepUntil(beat + every * 500)
      bareMs.push(await askBare(`${bareFeed}?after=${Math.max(0, bareRows - updates)}`))
      beat += every * 1_000
    }
  })
  const changing = (async () => {
    const pending = new Set<Promise<void>>()
    for (let nth = 0; changes > 0; nth += 1) {
      const at = began + (nth * 1_000) / changes
      if (at >= end) break
      await sleepUntil(at)
      // two changes of one plan are far apart, so the last one sent is the last one applied
      const work = buyer.turn((nth * 7_919) % buyer.plans.length).then(() => {
        counted.changes += 1
      })
      pending.add(work)
      void work.finally(() => pending.delete(work)).catch(() => {})
      if (pending.size > 64) await Promise.race(pending)
    }
    await Promise.all(pending)
  })()
  await Promise.all([...reading, changing])
  return { pollMs, bareMs, ...counted }
}

async function askBare(url: string): Promise<number> {
  const started = performance.now()
  const answer = await fetch(url)
  await answer.text()
  if (!answer.ok) throw new Error(`the bare route answered ${answer.status}`)
  return performance.now() - started
}

/** Counts the plans that a panel does not know, or knows in another state than the last one. */
function stale(buyer: Buyer, readers: readonly Panel[]): number {
  return buyer.plans
    .flatMap(({ targets, status }, index) => targets.map((target) => readers[target]?.plans.get(index) === status))
    .filter((right) => !right).length
}

async function until(withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await holds()) && performance.now() < deadline) await sleepUntil(performance.now() + 500)
}

const sleepUntil = (at: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())))

main().catch((error: unknown) => {
  process.stderr.write(`bench:feed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
