import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Survey } from '../../../domain/survey.js'
import { createHttp, type EgressClient } from '../../../platform/egress/http-client.js'
import type { RawArrival } from '../../../platform/verification/arrival.js'
import { createVerifiers, type Verifiers } from '../../../platform/verification/verifiers.js'
import type { Call, SupplyBatch } from '../../../providers/adapter.js'
import type { KantarConnection } from '../../../providers/kantar/config.js'
import { kantar } from '../../../providers/kantar/index.js'
import { createProviderHttp } from '../../../providers/provider-http.js'
import { DRIFT_KINDS, type FaultRule } from '../../../sandbox/faults.js'
import { createSandbox, type Sandbox } from '../../../sandbox/server.js'

/**
 * The adapter, the egress client and the verification against the simulated gateway, which was written from the same
 * document and shares no code with them, so that both must have read it the same way.
 */
let sandbox: Sandbox
let receiver: Server
let client: EgressClient
let verifiers: Verifiers
let call: Call<KantarConnection>
const posted: RawArrival[] = []

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { headers, method = '', url = '' } = request
      const contentType = headers['content-type']
      posted.push({
        method,
        rawUrl: url,
        headers,
        contentType,
        readBody: async () => Buffer.concat(parts),
        route: 'postback',
      })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  const apiUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  sandbox = createSandbox({ seed: 'adapter', apiUrl, kantar: { plans: 60 } })
  const { url, port } = await sandbox.listen(0)
  client = createHttp({ allowPrivate: true })
  verifiers = createVerifiers({ http: client, publicUrl: apiUrl })
  const verify = {
    kind: 'jws',
    parameter: 'jws',
    algorithms: ['RS256'],
    jwks_url: `${url}/kantar/.well-known/jwks.json`,
    issuer: `${url}/kantar`,
    audience: 'tributary',
  }
  const config = kantar.config.parse({
    id: 'kantar-sandbox',
    provider: 'kantar',
    panelist_ids: 'bare',
    supply_url: `${url}/kantar/supply`,
    api_key: 'kantar-sandbox-key',
    session_hosts: [`127.0.0.1:${port}`],
    returns: { verify },
    postbacks: { verify: { ...verify, location: 'body' } },
  })
  call = { config, http: createProviderHttp(client), now: new Date(), signal: new AbortController().signal }
})

afterAll(async () => {
  await sandbox.close()
  await client.close()
  receiver.closeAllConnections()
  receiver.close()
})

async function poll(): Promise<SupplyBatch[]> {
  const batches: SupplyBatch[] = []
  for await (const batch of kantar.feed?.fetch(call, null) ?? []) batches.push(batch)
  return batches
}

const surveysOf = (batches: readonly SupplyBatch[]): Survey[] =>
  batches.flatMap((batch) => batch.changes.flatMap((change) => (change.kind === 'offered' ? [change.survey] : [])))

/** The highest number of anything on a page, readable or not. */
function highestOf(batches: readonly SupplyBatch[]): string {
  const orders = batches.flatMap(({ changes, unreadable }) => [...changes, ...unreadable].map(({ order }) => order))
  return orders
    .flatMap((order) => (order === null ? [] : [BigInt(order)]))
    .reduce((a, b) => (a > b ? a : b))
    .toString()
}

/** A profile that a survey's own clauses let in, and its first open quota. */
function fitting(survey: Survey) {
  const quota = survey.quotas.find(({ status, available }) => status === 'open' && available !== 0) ?? null
  const clauses = [...survey.clauses, ...(quota?.layers ?? []).flatMap(({ subQuotas }) => subQuotas[0]?.clauses ?? [])]
  const profile: Record<string, string | number> = {}
  for (const { attribute, answers, ranges } of clauses) {
    profile[attribute.replace('kantar:', '')] = ranges?.at(-1)?.to ?? answers?.[0] ?? ''
  }
  return { quota, profile }
}

async function enter(survey: Survey, sessionId: string) {
  const { quota, profile } = fitting(survey)
  const person = { panelistId: 'p-1', userIp: null, userAgent: null, device: null }
  return kantar.entry.open(call, { sessionId, survey, quota, profile, ...person })
}

describe('against the simulated gateway', () => {
  test('a page is read whole, and is repeated until it is acknowledged', async () => {
    const first = await poll()
    expect(surveysOf(first)).toHaveLength(60)
    expect(first.flatMap(({ unreadable }) => unreadable)).toEqual([])
    expect(surveysOf(await poll())).toEqual(surveysOf(first))
    const receipt = first.at(-1)?.receipt ?? ''
    await kantar.feed?.acknowledge?.(call, receipt)
    await kantar.feed?.acknowledge?.(call, receipt)
    const after = await poll()
    expect(surveysOf(after)).toEqual([])
    expect(after.at(-1)).not.toHaveProperty('receipt')
    await expect(kantar.feed?.acknowledge?.(call, `${receipt}0`)).rejects.toMatchObject({ kind: 'rejected' })
  })

  test('a matching respondent enters, and every outcome arrives by browser and by server', async () => {
    sandbox.kantar.accounts.forEach((account) => {
      account.cursor = 0
    })
    const open = surveysOf(await poll()).filter(({ status, quotas }) => status === 'open' && quotas.length < 2)
    const outcomes = [
      'COMPLETED',
      'TERMINATED',
      'DISQUALIFIED',
      'SCREENED_OUT',
      'REJECTED',
      'QUOTA_FULL',
      'ERROR',
      'TIMEOUT',
    ]
    let entered = 0
    for (const survey of open) {
      const outcome = outcomes[entered]
      if (outcome === undefined) break
      const sessionId = `session-${entered}`
      // The gateway refuses some plans by rules of its own (an exclusive answer, a full quota).
      const link = await enter(survey, sessionId).catch((error: unknown) =>
        expect(error).toMatchObject({ kind: 'refused' }),
      )
      if (!link) continue
      entered++
      posted.length = 0
      const finished = await fetch(`${link.url}?auto=${outcome}`, { redirect: 'manual' })
      const home = new URL(finished.headers.get('location') ?? '')
      const arrival: RawArrival = {
        method: 'GET',
        rawUrl: home.pathname + home.search,
        headers: {},
        readBody: async () => Buffer.alloc(0),
        contentType: undefined,
        route: 'return',
      }
      const expected = {
        outcome,
        correlate: { sessionId, providerSessionId: link.providerSessionId },
        panelistId: 'p-1',
      }
      const { returns, postbacks } = call.config
      if (!returns || !postbacks) expect.unreachable()
      const back = await verifiers.verify(returns, arrival)
      expect(back.grade).toBe('E1')
      const read = (route: 'return' | 'postback', fields: Readonly<Record<string, unknown>>) =>
        kantar.arrivals?.read(call.config, { route, name: '', fields, unsigned: false })
      expect(read('return', back.fields)).toMatchObject(expected)
      const [postback] = posted
      if (!postback) expect.unreachable('the postback comes before the redirect')
      const told = await verifiers.verify(postbacks, postback)
      expect(told.grade).toBe('E2')
      expect(read('postback', told.fields)).toMatchObject(expected)
    }
    expect(entered).toBe(outcomes.length)
  })

  test('a faulty page has its records kept or is refused whole', async () => {
    const again = () =>
      sandbox.kantar.accounts.forEach((account) => {
        account.cursor = 0
      })
    const faulty = async (rule: FaultRule) => {
      again()
      sandbox.faults.set('kantar.feed', rule)
      try {
        return await poll()
      } finally {
        sandbox.faults.set('kantar.feed', null)
      }
    }
    again()
    const whole = await poll()
    const plans = surveysOf(whole).length

    for (const kind of DRIFT_KINDS) {
      const batches = await faulty({ drift: 0.4, drift_kinds: [kind] })
      const unreadable = batches.flatMap((batch) => batch.unreadable)
      expect(unreadable.length, kind).toBeGreaterThan(0)
      expect(surveysOf(batches).length + unreadable.length, kind).toBe(plans)
      expect(batches.at(-1)?.receipt, kind).toBe(highestOf(batches))
    }
    const twice = await faulty({ duplicates: 1, reorder: true })
    expect(surveysOf(twice)).toHaveLength(plans * 2)
    expect(twice.at(-1)?.receipt).toBe(highestOf(twice))

    // an empty body has no news, and nothing is acknowledged
    const nothing = await faulty({ cut: 0 })
    expect([surveysOf(nothing), nothing.at(-1)?.receipt]).toEqual([[], undefined])

    const refused: [FaultRule, string][] = [
      [{ cut: 0.5 }, 'misread'],
      [{ content_type: 'text/html' }, 'misread'],
      [{ body: '<html>maintenance</html>' }, 'misread'],
      [{ cut_connection: 0.5 }, 'unavailable'],
      [{ reset: true }, 'unavailable'],
      [{ status: 500 }, 'unavailable'],
      [{ status: 429, retry_after: 7 }, 'rate-limited'],
      [{ status: 401 }, 'unauthorized'],
    ]
    for (const [rule, kind] of refused) {
      await expect(faulty(rule), JSON.stringify(rule)).rejects.toMatchObject({ name: 'ProviderError', kind })
    }
  })

  test('tokens are accepted immediately after the gateway rotated its keys', async () => {
    await sandbox.kantar.signer.rotate({ forget: true })
    const { jws } = await sandbox.kantar.signer.sign({ session_id: 's', outcome: 'COMPLETED' })
    const arrival: RawArrival = {
      method: 'GET',
      rawUrl: `/returns/kantar-sandbox?jws=${jws}`,
      headers: {},
      readBody: async () => Buffer.alloc(0),
      contentType: undefined,
      route: 'return',
    }
    const { returns } = call.config
    if (!returns) expect.unreachable()
    expect(await verifiers.verify(returns, arrival)).toMatchObject({ signed: true, fields: { session_id: 's' } })
  })
})
