import { readFileSync } from 'node:fs'
import net from 'node:net'
import { z } from 'zod'
import { withDirectLoopback } from '../../scripts/loopback.mjs'

const Addresses = z.object({
  TEST_DATABASE_URL: z.string(),
  TEST_TEMPORAL_ADDRESS: z.string(),
  TEST_TIME_SKIPPING_SERVER: z.string().optional(),
})

/**
 * Sets the addresses of PostgreSQL and Temporal in every test's environment: those that are set already, otherwise
 * those of `node scripts/dev-servers.mjs` when it runs.
 *
 * @throws when there are none: `npm test` starts its own
 */
export default async function setup(): Promise<void> {
  const found = Addresses.safeParse(process.env)
  const addresses = found.success ? found.data : await developmentServers()
  // the tests' own clients of Temporal are plain ones
  Object.assign(process.env, addresses, withDirectLoopback(process.env))
}

async function developmentServers(): Promise<z.infer<typeof Addresses>> {
  const file = new URL('../../.tributary-dev/servers.json', import.meta.url)
  try {
    const addresses = Addresses.parse(JSON.parse(readFileSync(file, 'utf8')))
    const database = new URL(addresses.TEST_DATABASE_URL)
    const temporal = new URL(`tcp://${addresses.TEST_TEMPORAL_ADDRESS}`)
    await Promise.all([accepts(database), accepts(temporal)])
    return addresses
  } catch {
    throw new Error(
      'no servers for the tests: `npm test` starts them, or run `node scripts/dev-servers.mjs` in another terminal',
    )
  }
}

/** Resolves once something accepts a connection there. */
function accepts(address: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: address.hostname, port: Number(address.port) })
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', reject)
  })
}
