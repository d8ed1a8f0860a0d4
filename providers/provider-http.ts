import { ProviderError, type ProviderErrorKind } from './errors.js'
import type { Http, HttpRequest, HttpResponse } from './http.js'

/** What the guarded client of `platform/egress` offers, as far as adapters need it: their tests give a double. */
interface Client {
  request(request: HttpRequest): Promise<HttpResponse>
}

/** The egress client's kinds in the providers' words. Policy needs a human: trying again does not change it. */
const KINDS: Readonly<Record<string, ProviderErrorKind>> = {
  'not-allowed': 'rejected',
  unavailable: 'unavailable',
  'timed-out': 'timed-out',
  misread: 'misread',
}

/**
 * The egress client as adapters see it: the same client whose errors, of the call and of a body read later, are
 * ProviderErrors. What is not the egress client's own (a cancelled activity's reason) passes as it is.
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
