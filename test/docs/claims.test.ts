import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openApiDocument } from '../../api/openapi/document.js'
import { main } from '../../cli/main.js'
import { rooms } from '../../scripts/rooms.mjs'
import { allPages, checkout, code, prose } from './pages.js'

/** Pages about the product: no decisions, which record a choice, nor provider pages, which use the provider's words. */
const pages = allPages().filter(({ file }) => !/^docs\/(decisions|providers)\//.test(file))
/** The example configuration is read like a page. */
const example = {
  file: 'tributary.example.yaml',
  text: readFileSync(path.join(checkout, 'tributary.example.yaml'), 'utf8'),
}

describe('what the pages name exists', () => {
  it('every subcommand of tributary', async () => {
    let usage = ''
    const write = (text: string) => {
      usage += text
    }
    await main(['help'], { env: {}, checkout, directory: checkout, out: write, err: write })
    const known = [...usage.matchAll(/^ {2}tributary (\w+)/gm)].map(([, name]) => name)
    expect(known.length).toBeGreaterThan(3)
    const named = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/npx tributary ([a-z][a-z|]*)/g)].flatMap(([, names = '']) =>
        names.split('|').map((name) => ({ file, name })),
      ),
    )
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter(({ name }) => !known.includes(name))).toEqual([])
  })

  it('every command of tributary is in the README', async () => {
    const readme = pages.find(({ file }) => file === 'README.md')?.text ?? ''
    for (const name of ['config', 'doctor', 'mapping', 'listen']) expect(readme).toContain(`npx tributary ${name}`)
  })

  it.each(pages)('every file that $file names', ({ text }) => {
    const first = new Set([...rooms(), 'docs', 'scripts', 'test', 'client', '.ci'])
    const named = code(prose(text))
      .map((inside) => inside.replace(/^\.\//, ''))
      .filter((inside) => /^[\w.-]+(\/[\w.-]+)+\/?$/.test(inside) && first.has(inside.split('/')[0] ?? ''))
      // a placeholder of a name to come
      .filter((inside) => !/name|history/.test(inside))
    expect(named.filter((file) => !existsSync(path.join(checkout, file)))).toEqual([])
  })

  it.each([...pages, example])('every environment variable that $file names', ({ text }) => {
    const named = [...text.matchAll(/\b(?:TRIBUTARY|SANDBOX|TEMPORAL)_[A-Z_]+[A-Z]\b/g)].map(([name]) => name)
    // variables of the example are the reader's own, in ${…}
    const own = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name))
    const unknown = [...new Set(named)].filter((name) => !own.has(name) && !sources().includes(name))
    // variables of the SDK, few of which the pages name
    expect(unknown.filter((name) => !name.startsWith('TEMPORAL_'))).toEqual([])
  })

  it.each(pages)('every route that $file names', ({ text }) => {
    const { paths = {} } = openApiDocument('http://localhost:8080')
    const routes = Object.entries(paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), address: shape(address) })),
    )
    const named = code(prose(text)).flatMap((inside) => {
      const [, methods = '', address = ''] =
        /^((?:GET|POST|PUT|PATCH|DELETE)(?:(?: · |\|)(?:GET|POST|PUT|PATCH|DELETE))*) (\/[^\s?[]*)/.exec(inside) ?? []
      return methods.split(/ · |\|/).flatMap((method) => (address === '' ? [] : [{ method, address: shape(address) }]))
    })
    const ours = named.filter(({ address }) => !elsewhere.test(address))
    expect(ours.filter((one) => !routes.some((route) => same(route, one)))).toEqual([])
  })
})

/** Routes of others: the simulated providers, the demo, the operations pages. */
const elsewhere =
  /^\/(_sandbox|kantar|toluna|purespectrum|dynata|demo|survey-platform|hooks|ops\/|ops$|suppliers\/v2\/surveys\/register)/
const shape = (address: string) => address.replace(/\{[^}]*\}/g, '{}').replace(/…|\.{3}/g, '{}')
const same = (route: { method: string; address: string }, one: { method: string; address: string }) =>
  route.method === one.method && route.address === one.address

let read: string | undefined
/** All code as one text. */
function sources(): string {
  read ??= [...rooms(), 'scripts']
    .flatMap((room) =>
      readdirSync(path.join(checkout, room), { recursive: true, encoding: 'utf8' }).map((file) =>
        path.join(room, file),
      ),
    )
    .concat('docker-compose.yml', 'vitest.config.ts')
    .filter((file) => /\.(ts|mjs|yaml|yml)$/.test(file))
    .map((file) => readFileSync(path.join(checkout, file), 'utf8'))
    .join('\n')
  return read
}
