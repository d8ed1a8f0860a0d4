import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Catalogue, createCatalogue } from '../../catalogue/catalogue.js'
import type { CatalogueConnection } from '../../catalogue/connections.js'
import type { CatalogueQuery } from '../../catalogue/match-all.js'
import { money } from '../../domain/money.js'
import { age, NOON, panelist, quota, sex, survey } from '../domain/targeting/surveys.js'
import { SOON } from '../support/patience.js'
import { FakeSource, kantarConnection, polledAt } from './fake-source.js'

let catalogue: Catalogue | null = null
afterEach(() => catalogue?.close())

const warnings: string[] = []
const log = { info: () => undefined, warn: (_fields: object, event: string) => void warnings.push(event) }

async function started(
  source: FakeSource,
  options: { connections?: CatalogueConnection[]; clock?: () => Date; lookEveryMs?: number; pageSize?: number } = {},
): Promise<Catalogue> {
  if (source.health.length === 0) source.health = [polledAt('kantar-us', NOON)]
  catalogue = createCatalogue({
    source,
    clock: () => NOON,
    log,
    connections: [kantarConnection()],
    lookEveryMs: 5,
    outcomesEveryMs: 0,
    ...options,
  })
  await catalogue.start()
  return catalogue
}

const woman30 = panelist({ profile: { age: 30, sex: '2' } })
const query = (changes: Partial<CatalogueQuery> = {}): CatalogueQuery => ({
  panelist: woman30,
  device: null,
  panel: 'lifepoints',
  connections: ['kantar-us'],
  excludedSurveys: new Set(),
  excludedGroups: new Set(),
  limit: 20,
  ...changes,
})
const ids = (from: Catalogue, changes: Partial<CatalogueQuery> = {}) =>
  from.match(query(changes)).map((offer) => offer.surveyId)

describe('following the source', () => {
  it('is not ready before the last page is loaded, and then holds every row', async () => {
    const source = new FakeSource()
    for (let number = 0; number < 25; number++) source.write(`s${number}`, survey())
    const pages = vi.spyOn(source, 'loadAfter')
    const before = createCatalogue({ source, clock: () => NOON, log, connections: [], pageSize: 10 })
    expect(before.state()).toMatchObject({ ready: false, ageMs: Number.POSITIVE_INFINITY, surveys: 0 })
    const loaded = await started(source, { pageSize: 10 })
    expect(loaded.state()).toMatchObject({ ready: true, revision: 25n, surveys: 25, ageMs: 0 })
    expect(pages.mock.calls.slice(0, 3).map(([revision]) => revision)).toEqual([0n, 10n, 20n])
    expect(loaded.count(query())).toBe(25)
    expect(loaded.match(query({ limit: 7 }))).toHaveLength(7)
  })

  it('reads immediately when woken, and periodically when not', async () => {
    const source = new FakeSource()
    const sleepy = await started(source, { lookEveryMs: 60_000 })
    source.write('woken', survey())
    source.wake()
    await vi.waitFor(() => expect(ids(sleepy)).toEqual(['woken']), SOON)
    await sleepy.close()
    const wakeful = await started(source)
    source.write('seen', survey())
    await vi.waitFor(() => expect(ids(wakeful)).toEqual(['seen', 'woken']), SOON)
  })

  it('removes closed and withdrawn surveys, and keeps paused ones in memory', async () => {
    const source = new FakeSource()
    for (const id of ['a', 'b', 'c', 'd']) source.write(id, survey())
    const following = await started(source)
    source.write('a', null, 'closed')
    source.write('b', null, 'withdrawn')
    source.write('c', survey({ status: 'paused' }), 'paused')
    source.write('d', survey(), 'unreadable')
    await vi.waitFor(() => expect(ids(following)).toEqual([]), SOON)
    expect(following.state().surveys).toBe(2)
    source.write('c', survey())
    await vi.waitFor(() => expect(ids(following)).toEqual(['c']), SOON)
  })

  it('answers from memory while the source is down, logs it once, ages, and catches up', async () => {
    const source = new FakeSource()
    source.write('a', survey())
    let now = NOON.getTime()
    const following = await started(source, { clock: () => new Date(now) })
    warnings.length = 0
    source.away = true
    await vi.waitFor(() => expect(warnings).toEqual(['catalogue cannot be read']), SOON)
    now += 5_000
    expect(ids(following)).toEqual(['a'])
    expect(following.state()).toMatchObject({ ready: true, ageMs: 5_000 })
    source.write('b', survey())
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(warnings).toHaveLength(1)
    source.away = false
    await vi.waitFor(() => expect(ids(following)).toEqual(['a', 'b']), SOON)
    expect(following.state().ageMs).toBe(0)
  })

  it('waits for a source that is down when it starts', async () => {
    const source = new FakeSource()
    source.write('a', survey())
    source.away = true
    const starting = started(source)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(catalogue?.state().ready).toBe(false)
    source.away = false
    expect(ids(await starting)).toEqual(['a'])
  })

  it('stops when it is closed', async () => {
    const source = new FakeSource()
    const following = await started(source)
    await following.close()
    const { reads } = source
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(source.reads).toBe(reads)
  })

  it('counts our sessions in flight and outcomes, also when they arrive before the survey', async () => {
    const source = new FakeSource()
    const small = survey({ conversionPercent: 50, quotas: [quota('q', [], { available: 2 })] })
    source.sessions = [{ surveyId: 'later', quotaId: 'q', sessions: 4 }]
    source.write('small', small)
    const following = await started(source)
    expect(ids(following)).toEqual(['small'])
    source.write('later', small)
    source.sessions = [...source.sessions, { surveyId: 'small', quotaId: 'q', sessions: 4 }]
    await vi.waitFor(() => expect(ids(following)).toEqual([]), SOON)
    source.sessions = [{ surveyId: 'small', quotaId: 'q', sessions: 3 }]
    await vi.waitFor(() => expect(ids(following)).toEqual(['later', 'small']), SOON)
    source.ended = [{ surveyId: 'later', sessions: 60, completes: 0 }]
    await vi.waitFor(() => expect(ids(following)).toEqual(['small', 'later']), SOON)
    expect(following.match(query())[1]?.why).toContain(
      'conversion: 0 of our 60 sessions completed, the provider reports 50 %',
    )
  })
})

describe('connections', () => {
  const at = (seconds: number) => new Date(NOON.getTime() - seconds * 1000)
  const gateway = kantarConnection({
    id: 'gateway',
    provider: 'gateway',
    vocabulary: { prefix: 'gateway', provider: 'gateway', mapping: { identity: true, attributes: {} } },
    pollEveryMs: null,
  })

  it.each([
    ['polled just now', polledAt('kantar-us', at(3)), { status: 'ok', ageSeconds: 3, offered: true }],
    ['at the edge of stale', polledAt('kantar-us', at(60)), { status: 'ok', ageSeconds: 60, offered: true }],
    ['stale', polledAt('kantar-us', at(61)), { status: 'stale', ageSeconds: 61, offered: true }],
    ['failing', { ...polledAt('kantar-us', at(20)), failStreak: 1 }, { status: 'error', offered: true }],
    ['at stale_after', polledAt('kantar-us', at(900)), { status: 'stale', offered: true }],
    ['past stale_after', polledAt('kantar-us', at(901)), { status: 'stale', offered: false }],
    ['never polled', polledAt('kantar-us', null), { status: 'stale', ageSeconds: null, offered: false }],
    ['paused', { ...polledAt('kantar-us', at(3)), paused: true }, { status: 'paused', offered: false }],
    ['removed', { ...polledAt('kantar-us', at(3)), removed: true }, { status: 'paused', offered: false }],
  ])('%s', async (_name, health, expected) => {
    const source = new FakeSource()
    source.write('a', survey())
    source.health = [health]
    const following = await started(source)
    expect(following.standings(['kantar-us', 'unknown'])).toMatchObject([{ id: 'kantar-us', ...expected }])
    expect(ids(following)).toEqual(expected.offered ? ['a'] : [])
    const explained = await following.explain('a', 'lifepoints', woman30, null)
    expect(explained?.verdict).toBe(expected.offered ? 'yes' : 'no')
  })

  it('waits five intervals before it calls a slow connection stale', async () => {
    const source = new FakeSource()
    source.health = [polledAt('kantar-us', at(140))]
    const slow = await started(source, { connections: [kantarConnection({ pollEveryMs: 30_000 })] })
    expect(slow.standings(['kantar-us'])).toMatchObject([{ status: 'ok' }])
  })

  it('offers only those that the panel may use, including our own plans', async () => {
    const source = new FakeSource()
    source.write('ours', survey(), 'open', 'gateway')
    source.write('theirs', survey())
    const following = await started(source, { connections: [kantarConnection(), gateway] })
    expect(ids(following, { connections: ['gateway'] })).toEqual(['ours'])
    expect(ids(following, { connections: ['gateway', 'kantar-us'] })).toEqual(['ours', 'theirs'])
    expect(ids(following, { connections: [] })).toEqual([])
  })

  it('reads each connection’s clauses with that connection’s mapping', async () => {
    const mapping = (male: string) => ({
      identity: false,
      attributes: { sex: { question: '1001007', answers: { [male]: 'male' } } },
    })
    const toluna = (id: string, prefix: string, male: string) =>
      kantarConnection({
        id,
        provider: 'toluna',
        vocabulary: { prefix, provider: 'toluna', mapping: mapping(male) },
        pollEveryMs: null,
      })
    const source = new FakeSource()
    const wants = (code: string) => survey({ clauses: [{ attribute: 'toluna:1001007', answers: [code] }] })
    for (const connection of ['toluna-us', 'toluna-uk']) {
      source.write(`${connection}-1`, wants('1'), 'open', connection)
      source.write(`${connection}-2`, survey({ quotas: [quota('q', wants('2').clauses)] }), 'open', connection)
    }
    const connections = [toluna('toluna-us', 'toluna', '1'), toluna('toluna-uk', 'toluna-uk', '2')]
    const following = await started(source, { connections })
    const man = panelist({ profile: { sex: 'male' } })
    expect(ids(following, { panelist: man, connections: ['toluna-us', 'toluna-uk'] })).toEqual([
      'toluna-uk-2',
      'toluna-us-1',
    ])
    const explained = await following.explain('toluna-uk-2', 'lifepoints', man, null)
    expect(explained?.quotas[0]?.reasons).toMatchObject([
      { attribute: 'sex', wanted: 'male', given: 'male', holds: true, provider_code: 'toluna:1001007' },
    ])
  })
})

describe('an offer', () => {
  it('has the price of its quota and the reasons of its rank', async () => {
    const source = new FakeSource()
    const paying = quota('q1', [age(16, 40), sex('2', '3')], { price: money(180, 'USD') })
    source.write('a', survey({ groupId: 'g1', quotas: [quota('men', [sex('1')]), paying, quota('any')] }))
    const following = await started(source)
    expect(following.match(query())).toEqual([
      {
        surveyId: 'a',
        connection: 'kantar-us',
        provider: 'kantar',
        providerSurveyId: 'their-a',
        groupId: 'g1',
        quotaId: 'q1',
        match: 'yes',
        price: money(180, 'USD'),
        loiMinutes: 5,
        irPercent: 80,
        conversionPercent: 25,
        expectedConversionPercent: 25,
        score: expect.closeTo(1 + 0.09 / 1.09, 10),
        why: ['CPI 1.80 USD x 25 % / 5 min = 0.09 USD a minute', 'matched quota q1: age 16-40, sex 2 or 3'],
      },
    ])
  })

  it('names what makes it a maybe', async () => {
    const source = new FakeSource()
    const asked = { attribute: 'kantar:pets', answers: ['1'], routable: true }
    const cut = { attribute: 'kantar:postal_code', prefixes: ['SW1'], truncated: true }
    source.write('a', survey({ additionalQualifications: 3, clauses: [asked, cut], quotas: [quota('q')] }))
    const following = await started(source)
    const london = panelist({ profile: { postal_code: 'W1A 1AA' } })
    expect(following.match(query({ panelist: london }))[0]).toMatchObject({
      match: 'maybe',
      why: [
        'CPI 1.50 USD x 25 % / 5 min = 0.075 USD a minute',
        'matched quota q: open to everybody',
        'maybe: 3 hidden qualifications',
        'maybe: pets 1 (unknown, the provider asks)',
        'maybe: postal_code starts with SW1 (list truncated by the provider)',
      ],
    })
  })

  it('leaves out excluded surveys and groups', async () => {
    const source = new FakeSource()
    source.write('a', survey({ groupId: 'g1' }))
    source.write('b', survey({ groupId: 'g2' }))
    source.write('c', survey())
    const following = await started(source)
    expect(ids(following, { excludedSurveys: new Set(['c']) })).toEqual(['a', 'b'])
    expect(ids(following, { excludedGroups: new Set(['kantar-us\ng1', 'other\ng2']) })).toEqual(['b', 'c'])
  })

  it('evaluates a quota on the device with the device of the match', async () => {
    const source = new FakeSource()
    const mobile = { attribute: 'kantar:device', answers: ['mobile'], routable: true }
    source.write('a', survey({ quotas: [quota('q', [mobile])] }))
    const following = await started(source)
    expect(ids(following, { device: 'mobile' })).toEqual(['a'])
    expect(ids(following, { device: 'desktop' })).toEqual([])
    expect(following.match(query({ device: null })).map(({ match }) => match)).toEqual(['maybe'])
  })

  it('respects country, locale and device of the panelist', async () => {
    const source = new FakeSource()
    source.write('a', survey({ country: 'GBR', locale: 'en-GB', devices: ['mobile'] }))
    const following = await started(source)
    const british = panelist({ country: 'GBR', locale: 'en_gb' })
    expect(ids(following, { panelist: british, device: 'mobile' })).toEqual(['a'])
    expect(ids(following, { panelist: british, device: 'desktop' })).toEqual([])
    expect(ids(following, { panelist: { ...british, locale: 'cy-GB' } })).toEqual([])
    expect(ids(following, { panelist: { ...british, country: 'USA' } })).toEqual([])
  })
})

describe('an explanation', () => {
  it('has every reason, quota and rule, in our words and the provider’s', async () => {
    const source = new FakeSource()
    const full = quota('full', [sex('2')], { available: 0 })
    source.write('a', survey({ locale: 'es-US', clauses: [age(16, 25)], quotas: [full, quota('open', [sex('2')])] }))
    const following = await started(source)
    const explained = await following.explain('a', 'lifepoints', { ...woman30, locale: 'en-US' }, 'mobile')
    expect(explained).toMatchObject({
      verdict: 'no',
      reasons: [{ attribute: 'age', wanted: '16-25', given: '30', holds: false, provider_code: 'kantar:age' }],
      quotas: [
        { quota_id: 'full', fits: 'yes', open: false, remaining: 0, chosen: false },
        {
          quota_id: 'open',
          fits: 'yes',
          open: true,
          remaining: 10,
          reasons: [{ attribute: 'sex', given: '2', holds: true, layer: 1, sub_quota: 1 }],
        },
      ],
    })
    expect(explained?.rules.filter((rule) => !rule.holds)).toEqual([
      { rule: 'locale', wanted: 'es-US', given: 'en-US', holds: false },
    ])
  })

  it('covers withdrawn surveys, and is null for unknown ones', async () => {
    const source = new FakeSource()
    source.write('over', survey(), 'withdrawn')
    const following = await started(source)
    const explained = await following.explain('over', 'lifepoints', woman30, null)
    expect(explained?.verdict).toBe('no')
    expect(explained?.rules.filter((rule) => !rule.holds)).toMatchObject([{ rule: 'status', given: 'withdrawn' }])
    expect(await following.explain('never', 'lifepoints', woman30, null)).toBeNull()
  })

  it('agrees with the match about sessions in flight', async () => {
    const source = new FakeSource()
    source.write('a', survey({ conversionPercent: 50, quotas: [quota('q', [], { available: 1 })] }))
    source.sessions = [{ surveyId: 'a', quotaId: 'q', sessions: 2 }]
    const following = await started(source)
    expect(ids(following)).toEqual([])
    expect(await following.explain('a', 'lifepoints', woman30, null)).toMatchObject({
      verdict: 'no',
      quotas: [{ available: 1, remaining: 0, open: false }],
    })
  })
})
