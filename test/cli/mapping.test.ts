import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../cli/main.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import { money } from '../../domain/money.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { launch } from '../support/plans.js'
import { aSurvey } from '../support/surveys.js'

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = mkdtempSync(join(tmpdir(), 'tributary-mapping-'))
const connection = (id: string) =>
  `  - { id: ${id}, provider: kantar, supply_url: "https://supply.example", api_key: "k_0123456789" }\n`
let database: TestDatabase

beforeAll(async () => {
  writeFileSync(join(folder, 'tributary.yaml'), `connections:\n${connection('us')}${connection('jp')}`)
  database = await createTestDatabase()
  const writer = { connection: 'us', provider: 'kantar', epoch: '1', now: new Date() }
  const offer = (providerSurveyId: string, given: Parameters<typeof aSurvey>[0]) => ({
    survey: aSurvey({ providerSurveyId, ...given }),
    order: '1',
    version: '1',
    raw: Buffer.from('{}'),
  })
  const clauses = (...attributes: string[]) => attributes.map((attribute) => ({ attribute, answers: ['1'] }))
  await database.knex.transaction((trx) =>
    upsertSurveys(trx, writer, [
      offer('small', { clauses: clauses('kantar:cars'), price: money(100, 'USD'), availableCompletes: 2 }),
      offer('many', { clauses: clauses('kantar:cars'), price: money(100, 'USD'), availableCompletes: 1 }),
      offer('large', { clauses: clauses('kantar:boats'), price: money(999, 'USD'), availableCompletes: 50 }),
      offer('yen', { clauses: clauses('kantar:boats'), price: money(300, 'JPY'), availableCompletes: 2 }),
      offer('closed', { clauses: clauses('kantar:jets'), price: money(999, 'USD'), status: 'closed' }),
      offer('fine', { clauses: clauses('kantar:pets'), price: money(100, 'USD'), availableCompletes: 1 }),
    ]),
  )
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

async function run(args: string[], env: Record<string, string> = { DATABASE_URL: database.url }) {
  let [out, err] = ['', '']
  const code = await main(['mapping', ...args], {
    env: { TRIBUTARY_CONFIG: 'tributary.yaml', ...env },
    checkout,
    directory: folder,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

describe('tributary mapping', () => {
  it('lists unmapped words of live surveys, most money first in each currency', async () => {
    const { code, out } = await run(['--connection', 'us'])
    expect(code).toBe(0)
    expect(out).toMatch(/^us \(kantar\): 1 of 5 open surveys are mapped in every clause$/m)
    expect(out).toMatch(/^ +1\.00 of 503\.50 USD$/m)
    const rows = out.split('\n').filter((line) => line.includes('kantar:'))
    expect(
      rows.map((row) =>
        row
          .trim()
          .split(/\s{2,}/)
          .slice(0, 3),
      ),
    ).toEqual([
      ['600 JPY', '2', 'kantar:boats'],
      ['499.50 USD', '2', 'kantar:boats'],
      ['3.00 USD', '2', 'kantar:cars'],
    ])
  })

  it('prints the same as JSON, for every connection of the configuration', async () => {
    const { connections } = JSON.parse((await run(['--json'])).out)
    expect(connections.map((one: { connection: string; surveys: number }) => [one.connection, one.surveys])).toEqual([
      ['us', 5],
      ['jp', 0],
    ])
    expect(connections[0].unmapped[0]).toEqual({
      attribute: 'kantar:boats',
      not_mapped: 'question',
      answers: ['1'],
      answers_more: 0,
      surveys: 2,
      money_minor: { USD: 49950, JPY: 600 },
      surveys_without_count: 0,
    })
  })

  it('names what is missing: a database, a connection, a valid configuration', async () => {
    expect((await run([], { TRIBUTARY_DATA: join(folder, 'none') })).err).toMatch(
      /no database in .*none; start it with npm start/,
    )
    expect(await run(['--connection', 'xx'])).toMatchObject({ code: 2, out: '' })
    expect((await run(['--wat'])).code).toBe(2)
    writeFileSync(join(folder, 'broken.yaml'), 'limits: { burst: 0 }\n')
    const broken = await run([], { TRIBUTARY_CONFIG: 'broken.yaml', DATABASE_URL: database.url })
    expect([broken.code, broken.err.split(':')[0]]).toEqual([1, 'limits.burst'])
  })
})

describe('where there are buyers', () => {
  it('their plans are fully mapped, because they use our own questions', async () => {
    writeFileSync(join(folder, 'buyers.yaml'), 'demand_partners: [{ id: acme, api_key: dk_acme_0123456789 }]\n')
    const env = { DATABASE_URL: database.url, TRIBUTARY_CONFIG: 'buyers.yaml' }
    await launch(database.knex, { qualifications: [{ questionId: 'pets', answers: ['2'] }] })
    const { code, out } = await run(['--connection', 'gateway'], env)
    expect([code, out.split('\n')[0]]).toEqual([0, 'gateway (gateway): 1 of 1 open surveys are mapped in every clause'])
    expect((await run(['--connection', 'gateway'])).code).toBe(2)
  })
})
