import { Agent, request } from 'undici'

/** An answer of Tributary's API, with what was asked, so that a page can show both. */
export interface Exchange {
  method: string
  path: string
  sent: unknown
  status: number
  body: unknown
  milliseconds: number
}

/** Thrown when Tributary does not answer at all. */
export class Unreachable extends Error {}

/** The demo panel's access to Tributary's panel API: the key stays on this side, never in a browser. */
export interface TributaryClient {
  get(path: string): Promise<Exchange>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Exchange>
  close(): Promise<void>
}

/**
 * @param apiUrl Tributary's address
 * @param key the panel's API key
 */
export function createTributaryClient(apiUrl: () => string, key: string): TributaryClient {
  const agent = new Agent({ connect: { timeout: 3_000 }, headersTimeout: 20_000, bodyTimeout: 20_000 })

  async function call(method: 'GET' | 'POST', path: string, sent: unknown, headers = {}): Promise<Exchange> {
    const began = performance.now()
    try {
      const answer = await request(`${apiUrl()}${path}`, {
        method,
        headers: {
          'x-api-key': key,
          accept: 'application/json',
          ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: sent === undefined ? null : JSON.stringify(sent),
        dispatcher: agent,
      })
      const body = readJson(await answer.body.text())
      return {
        method,
        path,
        sent,
        status: answer.statusCode,
        body,
        milliseconds: Math.round(performance.now() - began),
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Unreachable(`Tributary does not answer at ${apiUrl()} (${reason})`)
    }
  }

  return {
    get: (path) => call('GET', path, undefined),
    post: (path, body, headers) => call('POST', path, body, headers),
    close: () => agent.destroy(),
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
