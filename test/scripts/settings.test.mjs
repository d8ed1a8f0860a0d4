import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readArguments } from '../../scripts/arguments.mjs'
import { banner, expand, firstPanel } from '../../scripts/banner.mjs'
import { readSettings } from '../../scripts/settings.mjs'

let root
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-settings-'))
})
afterEach(() => fs.rmSync(root, { recursive: true }))

describe('readSettings', () => {
  it('has the documented defaults, with the sandbox when there is no configuration', () => {
    expect(readSettings({}, {}, root)).toMatchObject({
      host: '127.0.0.1',
      port: undefined,
      databaseUrl: undefined,
      temporalAddress: undefined,
      namespace: 'default',
      sandbox: true,
    })
  })

  it('prefers TRIBUTARY_CONFIG to the checkout’s tributary.yaml, and that to the sandbox', () => {
    fs.writeFileSync(path.join(root, 'tributary.yaml'), '')
    expect(readSettings({}, {}, root)).toMatchObject({
      configuration: path.join(root, 'tributary.yaml'),
      sandbox: false,
    })
    fs.writeFileSync(path.join(root, 'mine.yaml'), '')
    const given = readSettings({ TRIBUTARY_CONFIG: 'mine.yaml', INIT_CWD: root }, {}, '/elsewhere')
    expect(given).toMatchObject({ configuration: path.join(root, 'mine.yaml'), sandbox: false })
  })

  it('adds the sandbox to a user’s configuration on demand, and never to its own', () => {
    const sandbox = path.join(root, 'sandbox', 'tributary.sandbox.yaml')
    expect(readSettings({}, { withSandbox: true }, root)).toMatchObject({ sandbox: true, addedSandbox: undefined })
    const own = path.join(root, 'tributary.yaml')
    fs.writeFileSync(own, '')
    const settings = readSettings({}, { withSandbox: true }, root)
    expect(settings).toMatchObject({ configuration: own, sandbox: true, addedSandbox: sandbox })
  })

  it('refuses any other argument', () => {
    expect(readArguments(['--with-sandbox'])).toEqual({ withSandbox: true })
    expect(readArguments([])).toEqual({ withSandbox: false })
    expect(() => readArguments(['--with-sandboxes'])).toThrow(/--with-sandboxes[^\n]*npm start -- --with-sandbox/)
  })

  it.each([
    [{ PORT: 'http' }, /^PORT: "http" [^\n]*PORT=8080$/],
    [{ PORT: '70000' }, /^PORT: /],
    [{ DATABASE_URL: 'localhost:5432' }, /^DATABASE_URL: [^\n]*postgres:\/\//],
    [{ TEMPORAL_ADDRESS: 'http://localhost:7233' }, /^TEMPORAL_ADDRESS: [^\n]*127\.0\.0\.1:7233/],
    [{ TRIBUTARY_CONFIG: 'missing.yaml' }, /^TRIBUTARY_CONFIG: [^\n]*missing\.yaml/],
  ])('%o is one line that names the variable and an example', (environment, line) => {
    expect(() => readSettings(environment, {}, root)).toThrow(line)
  })
})

describe('the banner', () => {
  const facts = {
    api: 'http://127.0.0.1:8080',
    temporalUi: 'http://127.0.0.1:8233',
    demo: null,
    data: '/data',
    configuration: '/tributary.yaml',
    panel: { id: 'acme', key: 'tk_live_secret' },
  }

  it('prints Temporal’s address, for the user’s workers and tools', () => {
    const text = banner({ ...facts, temporal: '127.0.0.1:7233', namespace: 'default', showKey: false })
    expect(text).toContain('127.0.0.1:7233, namespace default (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE)')
  })

  it('prints whether the sandbox runs with a user’s configuration, and how to add it', () => {
    const off = banner({ ...facts, showKey: false, sandbox: 'off' })
    expect(off).toMatch(/^ {2}sandbox +off[^\n]*npm start -- --with-sandbox/m)
    const on = banner({ ...facts, demo: 'http://127.0.0.1:8090/demo', showKey: false, sandbox: 'added' })
    expect(on).toMatch(/^ {2}sandbox +its connections are added[^\n]*/m)
    expect(on).not.toContain('/demo/buyer')
    expect(banner({ ...facts, showKey: true, sandbox: 'alone' })).not.toMatch(/^ {2}sandbox/m)
  })

  it('never prints a key of a user’s configuration', () => {
    const text = banner({ ...facts, showKey: false })
    expect(text).not.toContain('tk_live_secret')
    expect(text).toContain("'x-api-key: <the key of acme>'")
  })

  it('counts the surveys of every connection', () => {
    const surveys = [
      { id: 'kantar-sandbox', surveys: 352 },
      { id: 'toluna-sandbox', surveys: 80 },
    ]
    expect(banner({ ...facts, showKey: true, surveys })).toContain('kantar-sandbox 352, toluna-sandbox 80')
  })

  it('prints the key of the sandbox, ready to paste', () => {
    expect(banner({ ...facts, showKey: true })).toContain("'x-api-key: tk_live_secret'")
  })

  it('reads the first panel with the defaults of its key', async () => {
    const file = path.join(root, 'tributary.yaml')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own placeholder
    fs.writeFileSync(file, 'panels:\n  - id: acme\n    api_key: "${ACME_KEY:-tk_test}"\n')
    expect(await firstPanel(file, {})).toEqual({ id: 'acme', key: 'tk_test' })
    expect(await firstPanel(file, { ACME_KEY: 'tk_own' })).toEqual({ id: 'acme', key: 'tk_own' })
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own placeholder
    expect(expand('${A:-}${B}', { B: 'b' })).toBe('b')
  })
})
