import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../platform/config/load.js'
import { connectionSchemas } from '../../../providers/connection-schemas.js'
import { faultsIn, readText } from './reading.js'

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

describe('tributary.example.yaml', () => {
  const text = readFileSync(at('tributary.example.yaml'), 'utf8')

  it('is valid unchanged, with an empty environment', () => {
    const config = loadConfig({ file: at('tributary.example.yaml'), env: {}, connectionSchemas })
    expect(config.connections.map((connection) => connection.provider)).toEqual(['kantar'])
    expect(config.panels[0]?.id).toBe('lifepoints')
  })

  it('is valid with its commented connections too', () => {
    const all = text.replaceAll(/^ {2}# ( {2}\S.*|- id: .*| {2,}.*)$/gm, '  $1')
    const names = [...all.matchAll(/\$\{([A-Z_]+)\}/g)].map((match) => match[1] ?? '')
    const env = Object.fromEntries(names.map((name) => [name, '00112233445566778899aabbccddeeff']))
    expect(faultsIn(all, env)).toEqual([])
    const providers = readText(all, env).connections.map((connection) => connection.provider)
    expect(providers).toEqual(['kantar', 'toluna', 'purespectrum', 'dynata'])
  })
})

describe("the sandbox's configuration", () => {
  it('is valid', () => {
    const config = loadConfig({ file: at('sandbox/tributary.sandbox.yaml'), env: {}, connectionSchemas })
    expect(config.egress.allowPrivate).toBe(true)
    expect(config.connections.length).toBeGreaterThan(0)
  })
})
