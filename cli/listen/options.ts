import { parseArgs } from 'node:util'
import { parseDuration } from '../../platform/config/duration.js'

/** The arguments of `tributary listen`. */
export interface ListenOptions {
  readonly panel: string
  readonly url: URL
  /** Messages of this many milliseconds before the start are forwarded too. */
  readonly sinceMs: number
}

const USAGE = 'npx tributary listen --panel lifepoints --forward-to http://localhost:3000/hooks [--since 10m]'
const LONGEST_SINCE_MS = 24 * 3_600_000

/** @returns the options, or one line that says what is wrong with them */
export function readListenOptions(args: readonly string[]): ListenOptions | string {
  const options = { panel: { type: 'string' }, 'forward-to': { type: 'string' }, since: { type: 'string' } } as const
  let given: { panel?: string | undefined; 'forward-to'?: string | undefined; since?: string | undefined }
  try {
    given = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    return `${error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)}; example: ${USAGE}`
  }
  const { panel, 'forward-to': address, since = '0s' } = given
  if (!panel) return `--panel is missing; example: ${USAGE}`
  if (!address) return `--forward-to is missing; example: ${USAGE}`
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol) || !isHere(url.hostname)) {
    return `--forward-to: must be an http address on this machine; example: --forward-to http://localhost:3000/hooks`
  }
  const sinceMs = since === '0s' ? 0 : parseDuration(since)
  if (sinceMs === null || sinceMs > LONGEST_SINCE_MS)
    return `--since: must be a duration of at most 24h; example: --since 10m`
  return { panel, url, sinceMs }
}

/** Messages to panels are about people and money, so this command sends them only to this machine. */
function isHere(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
