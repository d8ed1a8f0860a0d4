import { ProviderError, type ProviderErrorKind } from './errors.js'
import type { Http, HttpRequest, HttpResponse } from './http.js'

/** The part of `platform/egress`'s client that adapters need: tests pass a double. */
interface Client {
  request(request: HttpRequest): Promise<HttpResponse>
}

/**
 * The egress client's error kinds as provider error kinds. A policy error needs a human: a retry does not change it.
 */
const KINDS: Readonly<Record<string, ProviderErrorKind>> = {
  'not-allowed': 'rejected',
  unavailable: 'unavailable',
  'timed-out': 'timed-out',
  misread: 'misread',
}

/**
 * The egress client for adapters: errors of the call and of a body read later become ProviderErrors. Other errors (a
 * cancelled activity's reason) pass unchanged.
 */
export function createProviderHttp(client: Client): Http {
  return {
    request: async (request) => {
      const response = await translated(client.request(request))
      const body = translatedBody(response.body)
      return { ...response, body, text: () => translated(response.text()) }
    },
  }
}

async function translated<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    throw asProviderError(error)
  }
}

async function* translatedBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body
  } catch (error) {
    throw asProviderError(error)
  }
}

function asProviderError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'EgressError' || !('kind' in error)) return error
  const kind = KINDS[String(error.kind)] ?? 'unavailable'
  const evidence = 'evidence' in error && typeof error.evidence === 'object' ? error.evidence : {}
  return new ProviderError(kind, error.message, { ...evidence }, { cause: error })
}
