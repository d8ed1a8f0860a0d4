import { Agent, request } from 'undici'

/** An answer of Tributary's API with its request, so that a page can show both. */
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

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * One client's access to Tributary: a panel's, a buyer's or a survey platform's. The key stays on the server, never in
 * a browser. Every call throws Unreachable when there is no answer.
 */
export interface TributaryClient {
  get(path: string, headers?: Record<string, string>): Promise<Exchange>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Exchange>
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Exchange>
  patch(path: string, body: unknown): Promise<Exchange>
  delete(path: string): Promise<Exchange>
  close(): Promise<void>
}

/**
 * @param apiUrl Tributary's address
 * @param key the client's API key, sent as `x-api-key`
 */
export function createTributaryClient(apiUrl: () => string, key: string): TributaryClient {
  const agent = new Agent({ connect: { timeout: 3_000 }, headersTimeout: 20_000, bodyTimeout: 20_000 })

  async function call(method: Method, path: string, sent?: unknown, headers = {}): Promise<Exchange> {
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
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
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
