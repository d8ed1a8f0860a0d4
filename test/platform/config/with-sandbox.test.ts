import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../../../platform/config/faults.js'
import { loadConfig } from '../../../platform/config/load.js'
import { validateUrl } from '../../../platform/egress/url-policy.js'
import { connectionSchemas } from '../../../providers/connection-schemas.js'
import { DEMO_PANEL } from '../../../sandbox/demo/index.js'

const SANDBOX = fileURLToPath(new URL('../../../sandbox/tributary.sandbox.yaml', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tributary-with-sandbox-'))
afterAll(() => rmSync(folder, { recursive: true }))

const PANEL = `panels:
  - id: mine
    api_key: "tk_mine_0001"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "https://app.example/done" }
`
function read(text: string, env: Record<string, string> = {}) {
  const file = join(folder, 'mine.yaml')
  writeFileSync(file, text)
  const sandbox = { TRIBUTARY_WITH_SANDBOX: SANDBOX, TRIBUTARY_SANDBOX_URL: 'http://127.0.0.1:28999' }
  return loadConfig({ file, env: { ...sandbox, ...env }, connectionSchemas })
}
function faults(text: string, env: Record<string, string> = {}): readonly string[] {
  try {
    read(text, env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.lines
    throw error
  }
}

describe('a user’s configuration with the sandbox', () => {
  it('has the user’s panels first, the sandbox’s connections, and a demo panel for those', () => {
    const config = read(PANEL)
    expect(config.panels.map(({ id, connections }) => [id, connections])).toEqual([
      ['mine', null],
      ['sandbox-demo', config.connections.map(({ id }) => id)],
    ])
    expect(config.connections.map(({ id }) => id)).toContain('kantar-sandbox')
    expect(config.panels[1]).toMatchObject({ apiKey: DEMO_PANEL.apiKey, postback: { secret: DEMO_PANEL.hookSecret } })
  })

  it('has none of the sandbox’s other keys, which are public', () => {
    const config = read(PANEL)
    expect([config.operators, config.demandPartners, config.surveyPlatforms]).toEqual([[], [], []])
  })

  it('may call the sandbox’s address, and no other private one', () => {
    const { egress } = read(PANEL)
    expect(egress).toEqual({ allowPrivate: false, openOrigins: ['http://127.0.0.1:28999'] })
    expect(validateUrl('http://127.0.0.1:28999/kantar/supply', egress)).toBeInstanceOf(URL)
    for (const other of ['http://127.0.0.1:28998/x', 'http://localhost:28999/x', 'https://127.0.0.1/x'])
      expect(() => validateUrl(other, egress)).toThrow(/egress\.allow_private/)
    const own = PANEL.replace('https://app.example/done', 'http://127.0.0.1:3000/done')
    expect(faults(own)).toEqual([expect.stringMatching(/^panels\[0\]\.redirects\.default: .*\(mine\.yaml:5\)$/)])
  })

  it('may name the sandbox’s connections, which are unknown without it', () => {
    const narrow = `${PANEL}    connections: [kantar-sandbox]\n`
    expect(read(narrow).panels[0]?.connections).toEqual(['kantar-sandbox'])
    expect(faults(narrow, { TRIBUTARY_WITH_SANDBOX: '' })).toEqual([
      expect.stringContaining('there is no connection kantar-sandbox'),
    ])
  })

  it('names a conflict in one line', () => {
    const taken = PANEL.replace('id: mine', 'id: Sandbox-Demo').replace('tk_mine_0001', DEMO_PANEL.apiKey)
    expect(faults(`${taken}connections: [{ id: kantar-sandbox, provider: kantar }]`)).toEqual([
      expect.stringMatching(
        /^mine\.yaml: kantar-sandbox, sandbox-demo, the key of panel Sandbox-Demo: .*--with-sandbox$/,
      ),
    ])
  })

  it('is added only for a sandbox on this machine', () => {
    for (const url of ['', 'https://sandbox.example', 'http://10.0.0.7:8090', 'http://localhost:8090'])
      expect(faults(PANEL, { TRIBUTARY_SANDBOX_URL: url })).toEqual([expect.stringMatching(/^TRIBUTARY_SANDBOX_URL: /)])
  })

  it('still names the line of a fault in the user’s file, and accepts an empty file', () => {
    expect(faults(`${PANEL}limits: { burst: 0 }\n`)).toEqual([
      expect.stringMatching(/^limits\.burst: .*\(mine\.yaml:6\)$/),
    ])
    expect(read('').panels.map(({ id }) => id)).toEqual(['sandbox-demo'])
  })
})
