import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkout } from '../docs/pages.js'

const LINES_AT_MOST = 200
/** `knex('sessions')`, `trx.raw(…)`: a statement of its own. */
const SQL = /\.raw\(|\b(?:knex|trx)\(/

const files = readdirSync(path.join(checkout, 'commands'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, source: readFileSync(path.join(checkout, 'commands', file), 'utf8') }))

describe('commands/', () => {
  it('is read, so that a silent zero cannot pass', () => {
    expect(files.length).toBeGreaterThan(20)
  })

  it('has no file that is too long for one act', () => {
    expect(files.filter(({ source }) => source.split('\n').length > LINES_AT_MOST).map(({ file }) => file)).toEqual([])
  })

  it('leaves every statement to db/', () => {
    expect(files.filter(({ source }) => SQL.test(source)).map(({ file }) => file)).toEqual([])
  })
})
