import { parseArgs } from 'node:util'
import { launchPlans, runRouter } from './router/router-run.js'
import { runBare } from './sessions/bare-run.js'
import { PanelHooks } from './sessions/product-run.js'
import { bounded } from './support/bounded.js'
import { percentiles, report, round } from './support/figures.js'
import { startStack } from './support/stack.js'

const PANEL_KEY = 'tk_bench'
const BUYER_KEY = 'dk_bench'
const PLATFORM_KEY = 'pk_bench'
const MOST_SESSIONS = 20_000
const MOST_CONCURRENCY = 200

/**
 * `npm run bench:router -- --sessions N [--concurrency C] [--plans P] [--json FILE]`: sessions of our own survey plans,
 * end to end through the session router (create, start link, retrieve, outcome, finish link, postback), compared with
 * the bare workflow of `bench:sessions` on the same Temporal. On its own servers, on loopback; bounded in count.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sessions: { type: 'string' },
      concurrency: { type: 'string' },
      plans: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const sessions = bounded(values.sessions ?? '400', 1, MOST_SESSIONS, '--sessions')
  const concurrency = bounded(values.concurrency ?? '16', 1, MOST_CONCURRENCY, '--concurrency')
  const plans = bounded(values.plans ?? '20', 1, 1_000, '--plans')
  const hooks = new PanelHooks()
  const hooksUrl = await hooks.listen()
  const stack = await startStack({
    configuration: () => ({ file: 'bench.yaml', text: configuration(hooksUrl) }),
    sandbox: { SANDBOX_TICK: '0', SANDBOX_PLANS: '1' },
  })
  try {
    await stack.start('bare-worker', ['bench/sessions/bare-worker.ts'])
    const keys = { panel: PANEL_KEY, platform: PLATFORM_KEY }
    const supply = await launchPlans(stack.apiUrl, BUYER_KEY, PANEL_KEY, plans)

    // warm up both, then alternate, so that load from other programs affects both alike
    const warm = Math.min(100, sessions)
    await runRouter(supply, keys, hooks, warm, concurrency, 'warm')
    await runBare(stack.temporalAddress, warm, concurrency, 'warm')
    const half = Math.ceil(sessions / 2)
    const first = await runRouter(supply, keys, hooks, half, concurrency, 'first')
    const bareFirst = await runBare(stack.temporalAddress, half, concurrency, 'first')
    const bareSecond = await runBare(stack.temporalAddress, half, concurrency, 'second')
    const second = await runRouter(supply, keys, hooks, half, concurrency, 'second')

    const perSecond = (2 * half) / (first.seconds + second.seconds)
    const barePerSecond = 2 / (1 / bareFirst + 1 / bareSecond)
    report(
      {
        sessions: 2 * half,
        concurrency,
        plans,
        sessions_per_s: round(perSecond),
        bare_sessions_per_s: round(barePerSecond),
        ratio: round(perSecond / barePerSecond),
        create_ms: percentiles([...first.createMs, ...second.createMs]),
        start_ms: percentiles([...first.startMs, ...second.startMs]),
        outcome_ms: percentiles([...first.outcomeMs, ...second.outcomeMs]),
        finish_ms: percentiles([...first.finishMs, ...second.finishMs]),
        lost: first.lost + second.lost,
        duplicated: second.duplicated,
      },
      values.json,
    )
  } finally {
    hooks.close()
    await stack.stop()
  }
}

function configuration(hooksUrl: string): string {
  return `egress: { allow_private: true }
limits: { per_key_per_second: 100000, burst: 100000 }
panels:
  - id: lifepoints
    api_key: "${PANEL_KEY}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "http://127.0.0.1:9/done" }
    postback: { url: "${hooksUrl}", secret: "whsec_dHJpYnV0YXJ5LXNhbmRib3gtZGVtby1ob29rcy1rZXk=" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50, screenout: 0 }
demand_partners: [{ id: acme, api_key: "${BUYER_KEY}" }]
survey_platforms: [{ id: DECIPHER, api_key: "${PLATFORM_KEY}" }]
`
}

main().catch((error: unknown) => {
  process.stderr.write(`bench:router: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
