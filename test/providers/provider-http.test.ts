import { describe, expect, test } from 'vitest'
import { EgressError, type EgressErrorKind } from '../../platform/egress/egress-error.js'
import { createHttp } from '../../platform/egress/http-client.js'
import { createProviderHttp } from '../../providers/provider-http.js'

const request = { method: 'GET', url: 'https://provider.example/', allowedHosts: ['provider.example'] } as const

/** An egress client that fails before its body, or in the middle of it. */
function failing(error: unknown, when: 'call' | 'body') {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('begun')
    throw error
  }
  return createProviderHttp({
    async request() {
      if (when === 'call') throw error
      return { status: 200, headers: {}, body: body(), text: () => Promise.reject(error) }
    },
  })
}

describe('the egress client as adapters see it', () => {
  const kinds: [EgressErrorKind, string][] = [
    ['not-allowed', 'rejected'],
    ['unavailable', 'unavailable'],
    ['timed-out', 'timed-out'],
    ['misread', 'misread'],
  ]
  test.each(kinds)('%s is %s, for the call and for its body', async (kind, expected) => {
    const error = new EgressError(kind, 'why', { url: 'provider.example', code: 'ECODE' })
    const wanted = {
      name: 'ProviderError',
      kind: expected,
      message: 'why',
      evidence: { url: 'provider.example', code: 'ECODE' },
    }
    await expect(failing(error, 'call').request(request)).rejects.toMatchObject(wanted)
    const streamed = await failing(error, 'body').request(request)
    const reading = (async () => {
      for await (const _ of streamed.body) {
        // the first piece is good
      }
    })()
    await expect(reading).rejects.toMatchObject(wanted)
    await expect((await failing(error, 'body').request(request)).text()).rejects.toMatchObject(wanted)
  })

  test('an error from our side is rethrown unchanged', async () => {
    const reason = new Error('the activity was cancelled')
    await expect(failing(reason, 'call').request(request)).rejects.toBe(reason)
  })

  test('the real client fits, and a policy refusal is a rejection that names its setting', async () => {
    const client = createHttp({ allowPrivate: false })
    const http = createProviderHttp(client)
    await expect(http.request({ ...request, url: 'http://127.0.0.1/' })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('egress.allow_private'),
    })
    await client.close()
  })
})
