import { join } from 'node:path'
import { z } from 'zod'
import { openFeedFile } from './fieldwork/feed-file.js'
import { openStateFile } from './kantar/state-file.js'
import { createSandbox } from './server.js'

process.title = 'tributary sandbox'

const Environment = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  HOST: z.string().min(1).default('127.0.0.1'),
  TRIBUTARY_API_URL: z.url().default('http://127.0.0.1:8080'),
  /** The sandbox's address for other processes, when it is not the address it listens on. */
  TRIBUTARY_SANDBOX_URL: z.url().optional(),
  TRIBUTARY_TEMPORAL_UI: z.url().optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  /** Tributary's public_url, in its links and tokens, when it is not TRIBUTARY_API_URL. */
  TRIBUTARY_PUBLIC_URL: z.url().optional(),
  TRIBUTARY_DATA: z.string().min(1).optional(),
  /** The demo panel's id at Tributary. */
  SANDBOX_PANEL: z.string().min(1).optional(),
  SANDBOX_SEED: z.string().default('tributary'),
  /** How many surveys the simulated PureSpectrum has at first. */
  SANDBOX_SURVEYS: z.coerce.number().int().min(0).max(20_000).default(120),
  SANDBOX_PLANS: z.coerce.number().int().min(0).max(200_000).default(400),
  /** The target completes of every plan [5 to 400, random]; a benchmark needs enough. */
  SANDBOX_COMPLETES: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
  /** Whether the sandbox's buyers launch their first plans at the start. */
  SANDBOX_LAUNCH: z.enum(['on', 'off']).default('on'),
  /** Milliseconds between two changes of the inventory; 0 disables them. */
  SANDBOX_TICK: z.coerce.number().int().min(0).default(5_000),
})

async function main(): Promise<void> {
  const environment = Environment.safeParse(emptyIsAbsent(process.env))
  if (!environment.success) {
    for (const { path, message } of environment.error.issues) process.stderr.write(`${path.join('.')}: ${message}\n`)
    process.exit(1)
  }
  const settings = environment.data
  const kept = settings.TRIBUTARY_DATA ? openStateFile(join(settings.TRIBUTARY_DATA, 'sandbox')) : undefined
  const memory = kept?.load()
  const feeds = settings.TRIBUTARY_DATA ? openFeedFile(join(settings.TRIBUTARY_DATA, 'sandbox')) : undefined
  const sandbox = createSandbox({
    seed: settings.SANDBOX_SEED,
    apiUrl: settings.TRIBUTARY_API_URL,
    tickMs: settings.SANDBOX_TICK,
    ...(settings.TRIBUTARY_SANDBOX_URL ? { url: settings.TRIBUTARY_SANDBOX_URL } : {}),
    ...(settings.TRIBUTARY_PUBLIC_URL ? { publicUrl: settings.TRIBUTARY_PUBLIC_URL } : {}),
    buyer: { warn: say },
    ...(feeds ? { field: { kept: feeds.load(), keep: feeds.keep } } : {}),
    kantar: {
      plans: settings.SANDBOX_PLANS,
      ...(memory ? { keys: memory.state.keys } : {}),
      ...(settings.SANDBOX_COMPLETES
        ? { completes: { min: settings.SANDBOX_COMPLETES, max: settings.SANDBOX_COMPLETES } }
        : {}),
    },
    purespectrum: { surveys: settings.SANDBOX_SURVEYS },
    demo: {
      temporalNamespace: settings.TEMPORAL_NAMESPACE,
      ...(settings.SANDBOX_PANEL ? { panelId: settings.SANDBOX_PANEL } : {}),
      ...(settings.TRIBUTARY_TEMPORAL_UI ? { temporalUi: settings.TRIBUTARY_TEMPORAL_UI } : {}),
    },
  })
  if (memory) {
    sandbox.kantar.restore(memory.state)
    // after a crash the supplier may have seen newer versions than the stored ones: send everything again as newer
    if (!memory.clean) for (const { plan } of sandbox.kantar.plans.all()) sandbox.kantar.plans.reissue(plan.id)
  }
  kept?.follow(sandbox.kantar)

  try {
    const { port, url } = await sandbox.listen(settings.SANDBOX_PORT, settings.HOST)
    process.stderr.write(
      `provider sandbox at ${url}: ${sandbox.kantar.plans.size} survey plans, ${sandbox.purespectrum.surveys.size} PureSpectrum surveys, panel app at ${url}/demo\n`,
    )
    sandbox.kantar.outcomes.resume()
    if (settings.SANDBOX_LAUNCH === 'on') void sandbox.buyers.launch().catch((error: unknown) => say(reason(error)))
    process.send?.({ event: 'ready', port })
  } catch (error) {
    process.stderr.write(`the sandbox cannot listen on ${settings.HOST}:${settings.SANDBOX_PORT} (${reason(error)}): `)
    process.stderr.write('choose another port with SANDBOX_PORT, or 0 for any free one\n')
    process.exit(1)
  }

  stopInOrder(async () => {
    await sandbox.close()
    await kept?.close()
  })
}

function say(line: string): void {
  process.stderr.write(`provider sandbox: ${line}\n`)
}

/** SIGTERM, SIGINT and the exit of a supervisor shut the sandbox down cleanly; a second signal ends it immediately. */
function stopInOrder(close: () => Promise<void>): void {
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1)
    stopping = true
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`the sandbox did not stop cleanly: ${reason(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop)
}

function emptyIsAbsent(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
  )
}

function reason(error: unknown): string {
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.message
  return String(error)
}

await main()
