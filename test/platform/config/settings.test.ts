import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSource } from '../../../platform/config/document.js'
import { maskSecret, maskUrlPassword } from '../../../platform/config/mask.js'
import { listSettings } from '../../../platform/config/settings.js'
import { connectionSchemas } from '../../../providers/connection-schemas.js'
import { CONTRACT_FILE, ENV } from './reading.js'

const contract = readFileSync(CONTRACT_FILE, 'utf8')
const list = (text: string, env = ENV) =>
  listSettings(parseSource(CONTRACT_FILE, text, env), connectionSchemas, 'c.yaml')
const find = (text: string, name: string) => list(text).find((setting) => setting.name === name)

describe('the list of settings', () => {
  it('shows the source of each value', () => {
    expect(find(contract, 'connections[0].poll')).toEqual({
      name: 'connections[0].poll',
      value: '12s',
      source: 'c.yaml:31',
    })
    expect(find(contract, 'codec.key')?.source).toBe('env TRIBUTARY_CODEC_KEY (c.yaml:4)')
    expect(find('', 'sessions.entry_ttl')).toEqual({ name: 'sessions.entry_ttl', value: '30m', source: 'default' })
    expect(find('', 'public_url')?.value).toBe('the address really bound')
    const withDefault = 'limits:\n  burst: $' + '{UNSET:-70}'
    expect(find(withDefault, 'limits.burst')).toEqual({ name: 'limits.burst', value: '70', source: 'c.yaml:2' })
  })

  it('shows the defaults that depend on the whole file', () => {
    expect(find(contract, 'connections[3].panelist_ids')).toMatchObject({ value: 'per_panel', source: 'default' })
    expect(find(contract, 'connections[3].postbacks.verify[1].secret_position')).toMatchObject({ value: 'after' })
    expect(find(contract, 'connections[0].returns.verify.clock_skew')).toMatchObject({
      value: '60s',
      source: 'default',
    })
  })

  it('has no secret of the file or the environment', () => {
    const shown = JSON.stringify(list(contract))
    const secrets = [...contract.matchAll(/"?([a-z]{2}_[a-z]+_00\d\d)"?/g)].map((match) => match[1] ?? '')
    expect(secrets.length).toBeGreaterThanOrEqual(16)
    for (const secret of [...secrets, 'MfKQ9r8GKYqrTwjUPD8', '00112233445566', 'BwcHBwc', 'BEGIN']) {
      expect(shown).not.toContain(secret)
      expect(shown).not.toContain(secret.slice(0, 5))
    }
  })

  it('has every setting of the file', () => {
    const names = list(contract).map((setting) => setting.name)
    const document = parseSource(CONTRACT_FILE, contract, ENV)
    const isLeaf = (path: string) =>
      ![...document.places.keys()].some((other) => other !== path && other.startsWith(`${path}.`))
    const shownFor = (path: string) => names.includes(path) || names.includes(path.replace(/\[\d+\]$/, ''))
    const left = [...document.places.keys()].filter(
      (path) => path !== 'file' && !path.endsWith(']') && isLeaf(path) && !shownFor(path),
    )
    // A list of maps is shown by its members.
    expect(left.filter((path) => !names.some((name) => name.startsWith(`${path}[`)))).toEqual([])
  })
})

describe('masking', () => {
  it('never shows more than four characters', () => {
    fc.assert(
      fc.property(fc.string(), (secret) => {
        const shown = maskSecret(secret).replaceAll('•', '')
        expect(shown.length).toBeLessThanOrEqual(4)
        expect(secret.length < 16 ? shown : '').toBe('')
      }),
    )
  })

  it.each([
    ['postgres://user:hunter2@db:5432/t', 'postgres://user:••••@db:5432/t'],
    ['postgres://db/t?password=hunter2&sslmode=require', 'postgres://db/t?password=••••&sslmode=require'],
    ['postgres://127.0.0.1/t', 'postgres://127.0.0.1/t'],
    ['not an address hunter2', '••••'],
  ])('%s', (address, shown) => expect(maskUrlPassword(address)).toBe(shown))
})
