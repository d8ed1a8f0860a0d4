import { describe, expect, test } from 'vitest'
import type { ReportedOutcome } from '../../domain/outcome.js'
import type { Survey } from '../../domain/survey.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { Arrivals, Call, EntryRequest, ProviderAdapter, SupplyBatch } from '../../providers/adapter.js'
import { ProviderError } from '../../providers/errors.js'
import type { HttpRequest } from '../../providers/http.js'
import type {
  AckCase,
  Answer,
  ArrivalCase,
  EntryCase,
  ExpectedError,
  ExpectedRequest,
  FeedCase,
  ProviderCase,
} from './case.js'
import { checkFeedProperties } from './feed-properties.js'
import { checkArrivalProperties, checkDeadlines } from './general-properties.js'
import { type HttpDouble, httpDouble } from './http-double.js'
import { checkMatchProperties, matchOf, runMatch } from './match-cases.js'

/** What the shared suite needs to know about one provider. */
export interface Suite<Config extends ConnectionBase> {
  readonly adapter: ProviderAdapter<Config>
  readonly cases: readonly ProviderCase[]
  /** A connection as in the configuration file; a case's `config` overrides it. */
  readonly connection: Record<string, unknown>
  /** The page that a case's `given` describes. */
  pageOf(given: Record<string, unknown>): string
  /** The double that serves a page, for providers that need several requests for it [one answer, the page]. */
  feedHttp?(page: string | Buffer, answer: Answer, chunkBytes?: number): HttpDouble
  /** The content of a match request, decrypted where it is sealed. */
  readMatchRequest?(request: HttpRequest): Record<string, unknown>
  /** The words of an arrival per outcome, and the fields of a valid arrival with a given word. */
  readonly words: Readonly<Record<string, ReportedOutcome>>
  arrivalWith(word: string): Record<string, unknown>
}

export const NOW = new Date('2026-11-20T10:00:00Z')

/**
 * The suite that every adapter passes: its cases, and properties that hold for any adapter and input. At least 40 cases
 * per provider, 15 of them of faults.
 */
export function runAdapterContract<Config extends ConnectionBase>(suite: Suite<Config>): void {
  const { adapter, cases } = suite
  describe(`${adapter.name} keeps to the adapter's contract`, () => {
    test('has enough cases, each named for what it teaches', () => {
      expect(cases.length).toBeGreaterThanOrEqual(40)
      expect(cases.filter(({ folder }) => folder === 'supplemental').length).toBeGreaterThanOrEqual(15)
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
      for (const { teaches } of cases) expect(teaches).toMatch(/\S{3,}/)
    })
    for (const folder of ['exemplary', 'supplemental'] as const) {
      describe(folder, () => {
        for (const one of cases.filter((each) => each.folder === folder)) {
          test(`${one.kind}: ${one.name}`, () => runCase(suite, one))
        }
      })
    }
    if (adapter.feed) checkFeedProperties(suite)
    if (adapter.live) checkMatchProperties(suite)
    checkArrivalProperties(suite)
    checkDeadlines(suite)
  })
}

function runCase<Config extends ConnectionBase>(suite: Suite<Config>, one: ProviderCase): Promise<void> {
  switch (one.kind) {
    case 'feed':
      return runFeed(suite, one)
    case 'acknowledge':
      return runAck(suite, one)
    case 'entry':
      return runEntry(suite, one)
    case 'arrival':
      return runArrival(suite, one)
    case 'match':
      return runMatch(suite, one)
  }
}

/** A call with a read-only connection. */
export function callOf<Config extends ConnectionBase>(
  suite: Suite<Config>,
  http: HttpDouble,
  config: Record<string, unknown> = {},
): Call<Config> {
  const parsed = frozen(suite.adapter.config.parse({ ...suite.connection, ...config }))
  return { config: parsed, http, now: NOW, signal: new AbortController().signal }
}

/** A whole page read: what its caller would store. */
export async function readPage<Config extends ConnectionBase>(
  suite: Suite<Config>,
  http: HttpDouble,
  more: Partial<Pick<FeedCase, 'config' | 'cursor' | 'held'>> = {},
): Promise<SupplyBatch[]> {
  const { feed } = suite.adapter
  if (!feed) throw new Error(`${suite.adapter.name} has no supply to fetch`)
  const batches: SupplyBatch[] = []
  const held = async (ids: readonly string[]) =>
    new Map(Object.entries(more.held ?? {}).filter(([providerSurveyId]) => ids.includes(providerSurveyId)))
  for await (const batch of feed.fetch(callOf(suite, http, more.config), more.cursor ?? null, held)) batches.push(batch)
  return batches
}

async function runFeed<Config extends ConnectionBase>(suite: Suite<Config>, one: FeedCase): Promise<void> {
  const page = pageOf(suite, one)
  const http = served(suite, page, one.respond)
  const reading = readPage(suite, http, one)
  if (one.expect.error) return expectError(reading, one.expect.error)
  const batches = await reading
  if (one.expectRequest) expectRequest(http, one.expectRequest)
  const changes = batches.flatMap((batch) => batch.changes)
  const unreadable = batches.flatMap((batch) => batch.unreadable)
  const surveys = changes.flatMap((change) => (change.kind === 'offered' ? [plain(change.survey)] : []))
  if (one.expect.surveys) {
    expect(surveys.length).toBe(one.expect.surveys.length)
    expect(surveys).toMatchObject(one.expect.surveys)
  }
  if (one.expect.changes) expect(changes.map(plain)).toMatchObject(one.expect.changes)
  const expected = one.expect.unreadable ?? []
  expect(unreadable.map(({ providerSurveyId, order }) => ({ providerSurveyId, order }))).toEqual(
    expected.map(({ providerSurveyId, order }) => ({ providerSurveyId, order })),
  )
  unreadable.forEach((row, index) => {
    expect(row.reason).toContain(expected[index]?.says)
    expect(row.raw.length).toBeGreaterThan(0)
  })
  const last = batches.at(-1)
  if (one.expect.receipt !== undefined) expect(last?.receipt ?? null).toBe(one.expect.receipt)
  if (one.expect.next !== undefined) expect(last?.next).toBe(one.expect.next)
  if (one.expect.present) expect(batches.flatMap(({ present }) => present ?? [])).toEqual(one.expect.present)
  if (one.expect.notBefore !== undefined) expect(last?.notBefore?.toISOString() ?? null).toBe(one.expect.notBefore)
  if (one.expect.requests) {
    expect(http.requests.map(({ url }) => new URL(url).pathname + new URL(url).search)).toEqual(one.expect.requests)
  }
}

/** The double of a page: the provider's own where it takes several requests. */
export function served<Config extends ConnectionBase>(
  suite: Suite<Config>,
  page: string | Buffer,
  answer: Answer = {},
  chunkBytes?: number,
): HttpDouble {
  if (suite.feedHttp) return suite.feedHttp(page, answer, chunkBytes)
  return httpDouble({ ...answer, body: answer.body ?? page }, chunkBytes)
}

export function pageOf<Config extends ConnectionBase>(suite: Suite<Config>, one: Pick<FeedCase, 'given'>): string {
  return typeof one.given.body === 'string' ? one.given.body : suite.pageOf(one.given)
}

async function runAck<Config extends ConnectionBase>(suite: Suite<Config>, one: AckCase): Promise<void> {
  const { feed } = suite.adapter
  if (!feed?.acknowledge) throw new Error(`${suite.adapter.name} acknowledges nothing`)
  const http = httpDouble(one.respond)
  const done = feed.acknowledge(callOf(suite, http, one.config), one.receipt)
  if (one.expect.error) await expectError(done, one.expect.error)
  else await done
  if (one.expectRequest) expectRequest(http, one.expectRequest)
}

async function runEntry<Config extends ConnectionBase>(suite: Suite<Config>, one: EntryCase): Promise<void> {
  const found = suite.adapter.live ? await matchedSurvey(suite, one) : await offeredSurvey(suite, one)
  const survey: Survey = { ...found, entry: { ...found.entry, ...one.entry } }
  const quota = survey.quotas.find(({ quotaId }) => quotaId === one.quota) ?? null
  expect(quota?.quotaId).toBe(one.quota)
  const request = { sessionId: 'session-1', panelistId: 'panelist-1', survey, quota, profile: one.profile ?? {} }
  const http = httpDouble(one.respond ?? {})
  const entry = frozen({ ...request, userIp: null, userAgent: null, device: null }) as EntryRequest
  const link = suite.adapter.entry.open(callOf(suite, http, one.config), entry)
  if (one.expect.error) await expectError(link, one.expect.error)
  else expect(plain(await link)).toEqual(one.expect.link)
  if (one.expectRequest === null) expect(http.requests).toEqual([])
  else if (one.expectRequest) expectRequest(http, one.expectRequest)
}

async function offeredSurvey<Config extends ConnectionBase>(suite: Suite<Config>, one: EntryCase): Promise<Survey> {
  const [batch] = await readPage(suite, served(suite, pageOf(suite, one)), { config: one.config ?? {} })
  const [change] = batch?.changes ?? []
  if (change?.kind !== 'offered') throw new Error(`the case has no readable survey: ${batch?.unreadable[0]?.reason}`)
  return change.survey
}

async function matchedSurvey<Config extends ConnectionBase>(suite: Suite<Config>, one: EntryCase): Promise<Survey> {
  const { surveys, unreadable } = await matchOf(suite, httpDouble({ body: pageOf(suite, one) }))
  const [survey] = surveys
  if (!survey) throw new Error(`the case has no readable survey: ${unreadable[0]?.reason}`)
  return survey
}

async function runArrival<Config extends ConnectionBase>(suite: Suite<Config>, one: ArrivalCase): Promise<void> {
  const { config } = callOf(suite, httpDouble({}), one.config)
  const arrival = frozen({ route: one.route, name: one.postback ?? '', fields: one.fields, unsigned: false })
  const report = Promise.resolve().then(() => arrivalsOf(suite).read(config, arrival))
  if (one.expect.error) return expectError(report, one.expect.error)
  const { reason, ...told } = await report
  // a case without a reason does not check it
  expect(plain(one.expect.report?.reason === undefined ? told : { ...told, reason })).toEqual(one.expect.report)
}

/** The way back, which every provider has. */
export function arrivalsOf<Config extends ConnectionBase>(suite: Suite<Config>): Arrivals<Config> {
  const { arrivals, name } = suite.adapter
  if (!arrivals) throw new Error(`${name} reads no arrivals`)
  return arrivals
}

function expectRequest(http: HttpDouble, expected: ExpectedRequest): void {
  const [request, ...others] = http.requests
  expect(others).toEqual([])
  expect(request).toMatchObject({ method: expected.method, url: expected.url })
  if (expected.headers) expect(request?.headers).toMatchObject(expected.headers)
  if (typeof expected.body === 'string') expect(request?.body).toBe(expected.body)
  else if (expected.body !== undefined) expect(JSON.parse(request?.body ?? 'null')).toEqual(expected.body)
}

export async function expectError(promise: Promise<unknown>, expected: ExpectedError): Promise<void> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ProviderError)
  if (!(error instanceof ProviderError)) return
  expect(error.kind, error.message).toBe(expected.kind)
  for (const part of expected.says ?? []) expect(error.message).toContain(part)
  const shown = `${error.message} ${JSON.stringify(error.evidence)}`
  for (const part of expected.hides ?? []) expect(shown).not.toContain(part)
  if (expected.evidence) expect(error.evidence).toMatchObject(expected.evidence)
}

/** The stored form: a bigint is text, bytes are left out. */
export function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_, item) => {
    if (typeof item === 'bigint') return item.toString()
    return item instanceof Uint8Array ? undefined : item
  })
  return JSON.parse(text)
}

/** Freezes a value: an adapter must not change its input, and throws when it tries. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}
