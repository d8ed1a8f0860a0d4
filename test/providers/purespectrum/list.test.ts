import { describe, expect, test } from 'vitest'
import { readPage } from '../contract.js'
import { feedHttp, pageOf } from './page.js'
import { suite } from './suite.js'

const DEEP = `{"survey_id":1,"x":${'['.repeat(80)}${']'.repeat(80)}}`
const TWICE = '{"survey_id": 1,  "cpi":2.50, "cpi":25}'

describe('a row of the list that cannot be read', () => {
  test.each([DEEP, TWICE])('is stored byte for byte, in chunks of any size: %s', async (row) => {
    const page = pageOf({ surveys: [{ survey_id: 1 }, { survey_id: 2 }] })
    for (const chunkBytes of [1, 5, 65_536]) {
      const [batch] = await readPage(suite, feedHttp(page, { rows: { 1: row } }, chunkBytes))
      expect(batch?.unreadable.map(({ raw }) => Buffer.from(raw).toString())).toEqual([row])
      expect(batch?.changes.length).toBe(1)
    }
  })

  test('is in a batch of bounded size when there are many', async () => {
    const rows = Array.from({ length: 1_201 }, () => TWICE)
    const batches = await readPage(suite, feedHttp(`{"apiStatus":"success","surveys":[${rows.join(',')}]}`, {}))
    expect(batches.reduce((sum, { unreadable }) => sum + unreadable.length, 0)).toBe(1_201)
    for (const { unreadable } of batches) expect(unreadable.length).toBeLessThanOrEqual(500)
    expect(batches.map((batch) => 'next' in batch)).toEqual([...batches.slice(1).map(() => false), true])
  })
})
