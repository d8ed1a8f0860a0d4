import { countryOf } from '../../domain/country.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { ConfigPath, Fault } from './faults.js'
import { formatPath } from './faults.js'
import { listAt, textAt } from './raw-lists.js'
import { isMapValue } from './schema-walk.js'

/**
 * The platform name that the gateway reserves for browsers without an integration (Kantar Gateway API, Panelist
 * Outcome).
 */
const NON_INTEGRATED = 'NON_INTEGRATED_SURVEY_PLATFORM'

const exactly = (id: string) => id
const withoutCase = (id: string) => id.toLowerCase()

/**
 * Faults of several settings together. Reads the file itself, so that other faults do not hide these.
 */
export function crossFaults(data: unknown): Fault[] {
  return [
    ...repeatedIds(data, 'operators', exactly),
    ...repeatedIds(data, 'panels', withoutCase),
    ...repeatedIds(data, 'demand_partners', exactly),
    ...repeatedIds(data, 'survey_platforms', withoutCase),
    ...repeatedIds(data, 'connections', exactly),
    ...reservedIds(data),
    ...repeatedKeys(data),
    ...repeatedBuyers(data),
    ...unknownConnections(data),
    ...blurredPanels(data),
    ...unknownCountries(data),
  ]
}

function repeatedIds(data: unknown, section: string, spelled: (id: string) => string): Fault[] {
  const first = new Map<string, number>()
  return listAt(data, section).flatMap((item, index): Fault[] => {
    const id = textAt(item, 'id')
    if (id === null) return []
    const earlier = first.get(spelled(id))
    if (earlier === undefined) {
      first.set(spelled(id), index)
      return []
    }
    const how = spelled === withoutCase ? ' (compared without case)' : ''
    return [
      { path: [section, index, 'id'], text: `${id} is the id of ${section}[${earlier}] too${how}`, example: `${id}-2` },
    ]
  })
}

function reservedIds(data: unknown): Fault[] {
  const connections = listAt(data, 'connections').flatMap((item, index): Fault[] =>
    textAt(item, 'id') === GATEWAY
      ? [
          {
            path: ['connections', index, 'id'],
            text: `${GATEWAY} is reserved for our own survey plans`,
            example: 'kantar-us',
          },
        ]
      : [],
  )
  const platforms = listAt(data, 'survey_platforms').flatMap((item, index): Fault[] =>
    textAt(item, 'id')?.toUpperCase() === NON_INTEGRATED
      ? [
          {
            path: ['survey_platforms', index, 'id'],
            text: 'is reserved for platforms without an integration',
            example: 'DECIPHER',
          },
        ]
      : [],
  )
  return [...connections, ...platforms]
}

/** The sections whose entries sign in with a key: a key must identify one of them. */
const KEY_HOLDERS = ['operators', 'panels', 'demand_partners', 'survey_platforms']

function repeatedKeys(data: unknown): Fault[] {
  const first = new Map<string, ConfigPath>()
  return KEY_HOLDERS.flatMap((section) =>
    listAt(data, section).flatMap((item, index): Fault[] => {
      const key = textAt(item, 'api_key')
      if (key === null) return []
      const path = [section, index, 'api_key']
      const earlier = first.get(key)
      if (earlier !== undefined)
        return [{ path, text: `is the same key as ${formatPath(earlier)}`, example: 'openssl rand -hex 24' }]
      first.set(key, path)
      return []
    }),
  )
}

function repeatedBuyers(data: unknown): Fault[] {
  const first = new Map<string, number>()
  return listAt(data, 'demand_partners').flatMap((item, index): Fault[] => {
    const given = isMapValue(item) ? item.buyer_id : undefined
    const buyer = String(given ?? index + 1)
    const earlier = first.get(buyer)
    first.set(buyer, earlier ?? index)
    if (earlier === undefined) return []
    const path = ['demand_partners', index, 'buyer_id']
    return [{ path, text: `${buyer} is the buyer of demand_partners[${earlier}] too`, example: '145' }]
  })
}

function unknownConnections(data: unknown): Fault[] {
  const known = [...listAt(data, 'connections').map((item) => textAt(item, 'id')), GATEWAY]
  return listAt(data, 'panels').flatMap((panel, panelIndex) =>
    listAt(panel, 'connections').flatMap((name, index): Fault[] => {
      if (typeof name !== 'string') return []
      const path = ['panels', panelIndex, 'connections', index]
      const example = known.filter((id) => id !== null).join(', ')
      if (!known.includes(name)) return [{ path, text: `there is no connection ${name}`, example }]
      const repeated = listAt(panel, 'connections').indexOf(name) !== index
      return repeated ? [{ path, text: `names ${name} twice`, example }] : []
    }),
  )
}

/** Upstream a panelist is `<panel>.<panelist>`: with panels `a` and `a.b`, `a.b.c` could belong to either. */
function blurredPanels(data: unknown): Fault[] {
  const ids = listAt(data, 'panels').map((panel) => textAt(panel, 'id')?.toLowerCase() ?? null)
  return ids.flatMap((id, index): Fault[] => {
    const shorter = ids.find((other) => other !== null && id?.startsWith(`${other}.`))
    if (id === null || shorter === undefined || shorter === null) return []
    const text = `begins with "${shorter}.", so panelists of the two could have the same ids upstream`
    return [{ path: ['panels', index, 'id'], text, example: id.replaceAll('.', '-') }]
  })
}

function unknownCountries(data: unknown): Fault[] {
  return listAt(data, 'panels').flatMap((panel, index): Fault[] => {
    const markets = isMapValue(panel) ? panel.markets : undefined
    if (!isMapValue(markets)) return []
    const path = ['panels', index, 'markets']
    const example = '{ USA: { locales: [en-US], currency: USD } }'
    if (Object.keys(markets).length === 0) return [{ path, text: 'must have at least one country', example }]
    return Object.keys(markets)
      .filter((code) => countryOf(code) !== code)
      .map((code) => ({ path: [...path, code], text: countryFault(code), example }))
  })
}

const countryFault = (code: string): string => {
  const known = countryOf(code)
  return known === null ? 'must be an ISO 3166-1 alpha-3 country code' : `must be spelled ${known}`
}
