import { describe, expect, it } from 'vitest'
import { installationStamp, isInstalled, requireNode } from '../../scripts/install.mjs'

describe('requireNode', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('accepts %s', (version) => {
    expect(() => requireNode(version)).not.toThrow()
  })
  it.each(['18.20.0', '20.18.3'])('refuses %s in one line that names the fix', (version) => {
    expect(() => requireNode(version)).toThrow(/^Node\.js [\d.]+ is too old: install 20\.19 or newer [^\n]*$/)
  })
})

describe('installationStamp', () => {
  it('changes with the lock file and with the platform', () => {
    const stamps = [
      installationStamp('a', 'linux-x64'),
      installationStamp('b', 'linux-x64'),
      installationStamp('a', 'darwin-arm64'),
    ]
    expect(new Set(stamps).size).toBe(3)
    expect(installationStamp('a', 'linux-x64')).toBe(stamps[0])
  })
})

describe('isInstalled', () => {
  const lock = JSON.stringify({
    packages: {
      '': { name: 'tributary' },
      'node_modules/pg': { version: '8.0.0' },
      'node_modules/vitest': { version: '4.0.0', dev: true },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    },
  })
  const installed = (packages) => JSON.stringify({ packages })

  it('accepts what the lock file asks for; packages of other platforms may be missing', () => {
    const all = installed({
      'node_modules/pg': { version: '8.0.0' },
      'node_modules/vitest': { version: '4.0.0', dev: true },
    })
    expect(isInstalled(lock, all, true)).toBe(true)
  })
  it('sees another version', () => {
    const old = installed({ 'node_modules/pg': { version: '7.0.0' }, 'node_modules/vitest': { version: '4.0.0' } })
    expect(isInstalled(lock, old, false)).toBe(false)
  })
  it('needs the packages for tests only for tests', () => {
    const production = installed({ 'node_modules/pg': { version: '8.0.0' } })
    expect(isInstalled(lock, production, false)).toBe(true)
    expect(isInstalled(lock, production, true)).toBe(false)
  })
  it('sees a package that is missing', () => {
    expect(isInstalled(lock, installed({}), false)).toBe(false)
  })
})
