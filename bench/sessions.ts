import { parseArgs } from 'node:util'
import { runBare } from './sessions/bare-run.js'
import { PanelHooks, runProduct, timeBareRoute } from './sessions/product-run.js'
import { bounded } from './support/bounded.js'
import { percentiles, report, round } from './support/figures.js'
import { freePort, startStack } from './support/stack.js'

const KEY = 'tk_bench'
const MOST_SESSIONS = 20_000
const MOST_CONCURRENCY = 200

/**
 * `npm run bench:sessions -- --sessions N [--concurrency C] [--json FILE]`: sessions end to end over HTTP, compared
 * with a bare workflow of the same shape on the same Temporal. On its own servers, on loopback; bounded in count.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { sessions: { type: 'string' }, concurrency: { type: 'string' }, json: { type: 'string' } },
  })
  const sessions = bounded(values.sessions ?? '400', 1, MOST_SESSIONS, '--sessions')
  const concurrency = bounded(values.concurrency ?? '16', 1, MOST_CONCURRENCY, '--concurrency')
  const hooks = new PanelHooks()
  const hooksUrl = await hooks.listen()
  const stack = await startStack({
    configuration: ({ sandboxUrl }) => ({ file: 'bench.yaml', text: configuration(sandboxUrl, hooksUrl) }),
    sandbox: { SANDBOX_COMPLETES: '1000000', SANDBOX_TICK: '0', SANDBOX_PLANS: '400' },
  })
  try {
    const barePort = await freePort()
    await stack.start('bare-worker', ['bench/sessions/bare-worker.ts'])
    await stack.start('bare-route', ['bench/sessions/bare-route.ts'], { BARE_PORT: String(barePort) })
    await untilOffered(stack.apiUrl)

    // warm up both, then alternate, so that load from other programs affects both alike
    const warm = Math.min(100, sessions)
    await runProduct(stack.apiUrl, KEY, hooks, warm, concurrency, 'warm')
    await runBare(stack.temporalAddress, warm, concurrency, 'warm')
    const half = Math.ceil(sessions / 2)
    const first = await runProduct(stack.apiUrl, KEY, hooks, half, concurrency, 'first')
    const bareFirst = await runBare(stack.temporalAddress, half, concurrency, 'first')
    const bareSecond = await runBare(stack.temporalAddress, half, concurrency, 'second')
    const second = await runProduct(stack.apiUrl, KEY, hooks, half, concurrency, 'second')
    // the baseline for the clicks: as many clients on the bare route, without other load
    const bareMs = await timeBareRoute(`http://127.0.0.1:${barePort}`, 2_000, concurrency)

    const perSecond = (2 * half) / (first.seconds + second.seconds)
    const barePerSecond = 2 / (1 / bareFirst + 1 / bareSecond)
    report(
      {
        sessions: 2 * half,
        concurrency,
        sessions_per_s: round(perSecond),
        bare_sessions_per_s: round(barePerSecond),
        ratio: round(perSecond / barePerSecond),
        create_ms: percentiles([...first.createMs, ...second.createMs]),
        click_ms: percentiles([...first.clickMs, ...second.clickMs]),
        return_ms: percentiles([...first.returnMs, ...second.returnMs]),
        bare_route_ms: percentiles(bareMs),
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

async function untilOffered(apiUrl: string): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const answer = await fetch(`${apiUrl}/v1/surveys/match`, {
      method: 'POST',
      headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ panelist_id: 'probe', country: 'USA', profile: { age: 30, sex: 'male', pets: '1' } }),
    })
    if (answer.ok && ((await answer.json()) as { offers: unknown[] }).offers.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error('no survey is offered after 30 s')
}

function configuration(sandboxUrl: string, hooksUrl: string): string {
  const verify = `{ kind: jws, location: LOCATION, parameter: jws, algorithms: [RS256], jwks_url: "${sandboxUrl}/kantar/.well-known/jwks.json", issuer: "${sandboxUrl}/kantar", audience: tributary }`
  return `egress: { allow_private: true }
limits: { per_key_per_second: 100000, burst: 100000 }
panels:
  - id: lifepoints
    api_key: "${KEY}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "http://127.0.0.1:9/done" }
    postback: { url: "${hooksUrl}", secret: "whsec_dHJpYnV0YXJ5LXNhbmRib3gtZGVtby1ob29rcy1rZXk=" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50, screenout: 0 }
connections:
  - id: kantar-sandbox
    provider: kantar
    supply_url: "${sandboxUrl}/kantar/supply"
    api_key: "kantar-sandbox-key"
    poll: 10s
    returns: { verify: ${verify.replace('LOCATION', 'query')} }
    postbacks: { verify: ${verify.replace('LOCATION', 'body')} }
`
}

main().catch((error: unknown) => {
  process.stderr.write(`bench:sessions: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
