import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Arrivals, Entry, Feed, Live, Members, ProviderAdapter, Quotas, Slots } from '../../providers/adapter.js'
import { adapterOf, connectionSchemas, type ProviderName } from '../../providers/adapters.js'
import type { TributaryConfig } from '../../providers/connection-schemas.js'
import type { KantarConnection } from '../../providers/kantar/config.js'
import { gatewayConnection, ownPlans } from '../../providers/own-plans.js'
import { supplyKindOf } from '../../providers/supply-kind.js'
import { servedConnections } from '../../providers/upstreams.js'

type Adapter = ProviderAdapter<KantarConnection>
/** The adapter with one of its groups in another shape. */
type With<Group extends keyof Adapter, Shape> = Omit<Adapter, Group> & { readonly [Name in Group]: Shape }

describe('half a capability does not compile', () => {
  it('a feed without its reading of one record, its pace or its fetch', () => {
    expectTypeOf<With<'feed', Feed<KantarConnection>>>().toExtend<Adapter>()
    expectTypeOf<With<'feed', Omit<Feed<KantarConnection>, 'acknowledge'>>>().toExtend<Adapter>()
    expectTypeOf<With<'feed', Omit<Feed<KantarConnection>, 'readRecord'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'feed', Omit<Feed<KantarConnection>, 'pollEveryMs'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'feed', Omit<Feed<KantarConnection>, 'fetch'>>>().not.toExtend<Adapter>()
  })

  it('a live match without its terms, or terms without the match', () => {
    expectTypeOf<With<'live', Live<KantarConnection>>>().toExtend<Adapter>()
    expectTypeOf<With<'live', Pick<Live<KantarConnection>, 'terms'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'live', Pick<Live<KantarConnection>, 'matchPanelist'>>>().not.toExtend<Adapter>()
  })

  it('members without their code, quotas without their check, an entry that does not open', () => {
    expectTypeOf<With<'members', Pick<Members<KantarConnection>, 'fetch'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'members', Pick<Members<KantarConnection>, 'panelistCode'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'quotas', Pick<Quotas<KantarConnection>, 'check'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'quotas', Pick<Quotas<KantarConnection>, 'readNews'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'entry', Pick<Entry<KantarConnection>, 'open'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'entry', Pick<Entry<KantarConnection>, 'priceWithEntry'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'arrivals', Omit<Arrivals<KantarConnection>, 'read'>>>().not.toExtend<Adapter>()
    expectTypeOf<With<'slots', Omit<Slots, 'countedHere'>>>().not.toExtend<Adapter>()
    expectTypeOf<Omit<Adapter, 'entry'>>().not.toExtend<Adapter>()
  })

  it('an adapter under another name than its connections have', () => {
    expectTypeOf<With<'name', 'toluna'>>().not.toExtend<Adapter>()
  })
})

describe('the registry', () => {
  it('names every provider, and our own plans beside them', () => {
    expectTypeOf<'kantar' | 'toluna' | 'purespectrum' | 'dynata' | 'gateway'>().toExtend<ProviderName>()
    expectTypeOf<string>().not.toExtend<ProviderName>()
    for (const [name, schema] of Object.entries(connectionSchemas)) {
      expect(adapterOf(name)?.name).toBe(name)
      expect(adapterOf(name)?.config).toBe(schema)
    }
    expect(Object.keys(connectionSchemas)).not.toContain('gateway')
    expect(adapterOf('gateway')).toBe(ownPlans)
    for (const name of ['nowhere', '__proto__', 'constructor', '']) expect(adapterOf(name)).toBeUndefined()
  })

  it('has adapters whose surveys come in one way, and whose respondents come back', () => {
    const kinds = Object.keys(connectionSchemas).map((name) => {
      const adapter = adapterOf(name)
      expect([name, adapter?.arrivals !== undefined, adapter?.slots]).toEqual([name, true, undefined])
      expect([name, (adapter?.feed === undefined) !== (adapter?.live === undefined)]).toEqual([name, true])
      return [name, adapter === undefined ? null : supplyKindOf(adapter)]
    })
    expect(Object.fromEntries(kinds)).toMatchObject({
      dynata: 'asked',
      kantar: 'polled',
      purespectrum: 'polled',
      toluna: 'polled',
    })
    expect(supplyKindOf(ownPlans)).toBe('own')
    expect(ownPlans).not.toHaveProperty('arrivals')
  })
})

describe('the served connections', () => {
  const mapping = { identity: false, attributes: {} }
  const config = {
    connections: [{ ...gatewayConnection, id: 'toluna-us', provider: 'toluna' }],
    attributeMappings: new Map([['toluna-us', mapping]]),
    demandPartners: [],
  } as unknown as TributaryConfig

  it('carry their settings and the vocabulary that holds for them', () => {
    const [served, ...others] = servedConnections(config)
    expect(others).toEqual([])
    expect(served).toMatchObject({ connection: 'toluna-us', adapter: { name: 'toluna' } })
    expect(served?.config).toBe(config.connections[0])
    expect(served?.vocabulary).toBe(mapping)
    const [shipped] = servedConnections({ ...config, attributeMappings: new Map() })
    expect(shipped?.vocabulary).toBe(adapterOf('toluna').vocabulary)
  })

  it('end with our own plans where there are buyers', () => {
    const partner = { id: 'acme' } as TributaryConfig['demandPartners'][number]
    const served = servedConnections({ ...config, demandPartners: [partner] })
    expect(served.map(({ connection }) => connection)).toEqual(['toluna-us', 'gateway'])
    expect(served.at(-1)).toMatchObject({ adapter: ownPlans, config: gatewayConnection })
  })
})
