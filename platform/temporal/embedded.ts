import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * host:port of the Temporal dev server that `npm start` keeps in a data directory; does not check that it runs.
 * @returns null when there is none
 */
export function embeddedTemporalAddress(dataDirectory: string): string | null {
  const file = join(dataDirectory, 'temporal-ports.json')
  if (!existsSync(file)) return null
  try {
    const { port } = JSON.parse(readFileSync(file, 'utf8')) as { port?: unknown }
    return typeof port === 'number' && port > 0 ? `127.0.0.1:${port}` : null
  } catch {
    return null
  }
}
