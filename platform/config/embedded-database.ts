import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The address of the embedded PostgreSQL which `npm start` keeps in a data directory.
 * @returns null when there is none, or it is not running
 */
export function embeddedDatabaseUrl(dataDirectory: string): string | null {
  const password = join(dataDirectory, 'postgres-password')
  const port = join(dataDirectory, 'postgres-port')
  if (!existsSync(password) || !existsSync(port)) return null
  return `postgres://tributary:${encodeURIComponent(readFileSync(password, 'utf8').trim())}@127.0.0.1:${readFileSync(port, 'utf8').trim()}/tributary`
}
