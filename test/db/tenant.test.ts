import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asPanel } from '../../db/tenant.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aClaim, enteredSession, settled, stock } from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await stock(database.knex)
  for (const panel of ['one', 'two']) {
    const { session_id } = await enteredSession(database.knex, { panel, panelistId: 'same' })
    await settled(database.knex, session_id, aClaim('COMPLETED'))
    await database.knex('panelists').insert({ panel, panelist_id: 'same', country: 'USA' })
  }
})
afterAll(() => database.drop())

const tables = ['sessions', 'postbacks', 'panelists'] as const

describe('row-level security, where a query forgets its where', () => {
  test.each(tables)('%s shows a panel its own rows only', async (table) => {
    const seen = await asPanel(database.knex, 'one', (trx) => trx(table).pluck('panel'))
    expect(seen).toEqual(['one'])
    expect(await database.knex(table).pluck('panel')).toHaveLength(2)
  })

  test.each(tables)('%s shows nothing without a panel, nor to an unknown panel', async (table) => {
    expect(await asPanel(database.knex, '', (trx) => trx(table).select())).toEqual([])
    expect(await asPanel(database.knex, 'three', (trx) => trx(table).select())).toEqual([])
    const unset = await database.knex.transaction(async (trx) => {
      await trx.raw('set local role tributary_panel')
      return trx(table).select()
    })
    expect(unset).toEqual([])
  })

  test('a panel writes its own panelists only', async () => {
    const write = (panel: string) =>
      asPanel(database.knex, 'one', (trx) => trx('panelists').insert({ panel, panelist_id: 'new', country: 'USA' }))
    await write('one')
    await expect(write('two')).rejects.toMatchObject({ code: '42501' })
    const changed = await asPanel(database.knex, 'one', (trx) => trx('panelists').update({ country: 'CAN' }))
    expect(changed).toBe(2)
    const moved = asPanel(database.knex, 'one', (trx) => trx('panelists').update({ panel: 'two' }))
    await expect(moved).rejects.toMatchObject({ code: '42501' })
    expect(await asPanel(database.knex, 'one', (trx) => trx('panelists').delete())).toBe(2)
    expect(await database.knex('panelists').pluck('panel')).toEqual(['two'])
  })

  test('a panel cannot write sessions or messages, nor read keys, ledger or claims', async () => {
    const as = <Result>(work: Parameters<typeof asPanel<Result>>[2]) => asPanel(database.knex, 'one', work)
    await expect(as((trx) => trx('sessions').update({ payable: true }))).rejects.toMatchObject({ code: '42501' })
    await expect(as((trx) => trx('postbacks').delete())).rejects.toMatchObject({ code: '42501' })
    for (const table of ['installation_keys', 'ledger_entries', 'outcome_claims', 'session_inputs', 'surveys']) {
      await expect(as((trx) => trx(table).select())).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('the role ends with the transaction', async () => {
    await asPanel(database.knex, 'one', (trx) => trx('sessions').select())
    for (let n = 0; n < 12; n++) {
      const { rows } = await database.knex.raw('select current_user as me')
      expect(rows[0].me).toBe('tributary_app')
    }
  })

  test('a panel’s name is data, not SQL', async () => {
    const name = "one', true); drop table sessions; --"
    expect(await asPanel(database.knex, name, (trx) => trx('sessions').select())).toEqual([])
  })
})
