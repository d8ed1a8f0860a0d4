import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { rooms } from '../../scripts/rooms.mjs'
import { checkout } from '../docs/pages.js'

const read = (file: string): string => readFileSync(path.join(checkout, file), 'utf8')

/** The TypeScript files of a room, from the checkout. */
function filesOf(room: string): string[] {
  return readdirSync(path.join(checkout, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join(room, file))
    .sort()
}

const beginsTransaction = (source: string): boolean => /\btransaction\(/.test(source)

const IN_SQL = /\b(?:insert into|delete from)\s+(\w+)|\bupdate\s+(\w+)(?:\s+(?:as\s+)?\w+)?\s+set\b/g
/** `trx('sessions').where(…).update(…)`: the calls from one `trx(` up to the next, or to an empty line. */
const IN_CALLS =
  /\b(?:trx|knex)\(\s*'(\w+)[^']*'\s*\)(?:(?!\b(?:trx|knex)\(|\n\n)[\s\S])*?\.(?:insert|update|delete)\(/g

/** The tables that a store's code writes. */
function tablesWritten(source: string): string[] {
  const found = [...source.matchAll(IN_SQL), ...source.matchAll(IN_CALLS)].map(([, one, other]) => one ?? other ?? '')
  return [...new Set(found)].sort()
}

describe('a store writes one table', () => {
  it('as the reader of this test sees tables in SQL and in calls', () => {
    expect(tablesWritten(read('db/stores/claim-store.ts'))).toEqual(['outcome_claims'])
    expect(tablesWritten("trx('a').where({ b }).update(c)\ntrx('d').first()\n`insert into e (f)`")).toEqual(['a', 'e'])
    expect(tablesWritten('`update g as h set i = 1`, `delete from j`, `select for update of k`')).toEqual(['g', 'j'])
  })

  it('and none writes several', () => {
    const several = filesOf('db/stores').filter((file) => tablesWritten(read(file)).length > 1)
    expect(several).toEqual([])
  })
})

describe('a transaction begins in commands/ or db/', () => {
  const outside = rooms().filter((room) => !['commands', 'db'].includes(room))
  const files = outside.flatMap(filesOf)

  it('reads the rooms, so that a silent zero cannot pass', () => {
    expect(files.length).toBeGreaterThan(300)
    expect(filesOf('db').some((file) => beginsTransaction(read(file)))).toBe(true)
  })

  it('and nowhere else', () => {
    expect(files.filter((file) => beginsTransaction(read(file)))).toEqual([])
  })
})
