import { ProviderError } from '../../providers/errors.js'
import type { Http, HttpRequest, HttpResponse } from '../../providers/http.js'
import type { Answer } from './case.js'

/** A provider that gives one answer and records its requests. Like the real client it allows listed hosts only. */
export interface HttpDouble extends Http {
  readonly requests: HttpRequest[]
}

/** @param chunkBytes size of the body's chunks */
export function httpDouble(answer: Answer, chunkBytes = 65_536): HttpDouble {
  const requests: HttpRequest[] = []
  return {
    requests,
    async request(request): Promise<HttpResponse> {
      requests.push(request)
      const { host } = new URL(request.url)
      if (!request.allowedHosts.includes(host)) throw new ProviderError('rejected', `${host} is not allowed`)
      if (answer.fails) throw new ProviderError(answer.fails, `${host}: ${answer.fails}`)
      const bytes = bodyOf(answer.body)
      async function* body() {
        for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
      }
      const headers = { 'content-type': 'application/json', ...answer.headers }
      return { status: answer.status ?? 200, headers, body: body(), text: async () => bytes.toString('utf8') }
    },
  }
}

function bodyOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body
  if (body === undefined) return Buffer.alloc(0)
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}
