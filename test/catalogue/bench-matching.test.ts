import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BenchProfile, BenchResult, BenchSurvey, BenchUpdate } from '../../bench/matching/format.js'
import { generate } from '../../bench/matching/generate.js'
import { run } from '../../bench/matching/run.js'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bench-matching-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const lines = (list: readonly unknown[]): string => `${list.map((one) => JSON.stringify(one)).join('\n')}\n`
const read = (file: string): BenchResult[] =>
  readFileSync(join(directory, file), 'utf8')
    .trim()
    .split('\n')
    .map((line): BenchResult => JSON.parse(line))
const digest = (...ids: string[]): string => createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 16)

describe('bench:matching', () => {
  it('agrees with the readable evaluation of a generated exchange, before and after updates', async () => {
    await generate(directory, 1500, 120, 7)
    const figures = await run(directory)
    expect(figures).toMatchObject({ surveys: 1500, profiles: 120, compared: 240, differing: 0 })
    expect(figures.largest_country.country).toBe('USA')
    expect(read('actual.ndjson').reduce((sum, result) => sum + result.count, 0)).toBeGreaterThan(500)
    expect(read('actual_after.ndjson')).not.toEqual(read('actual.ndjson'))
  }, 240_000)

  it('writes the set sorted by code unit and the first twenty in ranked order', async () => {
    const base = { country: 'USA', loi_min: 10, ir: 50, qualifications: [], quotas: [] }
    const surveys: BenchSurvey[] = [
      { ...base, survey_id: 'b', cpi_minor: 100 },
      { ...base, survey_id: 'B', cpi_minor: 100 },
      { ...base, survey_id: 'a', cpi_minor: 90 },
      {
        ...base,
        survey_id: 'best',
        cpi_minor: 500,
        qualifications: [{ attribute: 'age', ranges: [{ from: 16, to: 40 }] }],
      },
      { ...base, survey_id: 'elsewhere', cpi_minor: 999, country: 'GBR' },
      { ...base, survey_id: 'full', cpi_minor: 999, quotas: [{ quota_id: 'q', available: 0, qualifications: [] }] },
      ...Array.from({ length: 20 }, (_, number) => ({ ...base, survey_id: `cheap-${number}`, cpi_minor: 1 })),
    ]
    const cheap = surveys.slice(6).map((survey) => survey.survey_id)
    const profiles: BenchProfile[] = [
      { panelist_id: 'number', country: 'USA', answers: { age: 40 } },
      // a number given as a code is an answer, and matches no range
      { panelist_id: 'code', country: 'USA', answers: { age: '40' } },
      { panelist_id: 'empty', country: 'USA', answers: { age: [] } },
    ]
    const updates: BenchUpdate[] = [
      { op: 'close', survey_id: 'b' },
      { op: 'quota', survey_id: 'full', quota_id: 'q', available: 1 },
      { op: 'upsert', survey: { ...base, survey_id: 'a', cpi_minor: 400 } },
      { op: 'close', survey_id: 'unknown' },
    ]
    writeFileSync(join(directory, 'surveys.ndjson'), lines(surveys))
    writeFileSync(join(directory, 'profiles.ndjson'), lines(profiles))
    writeFileSync(join(directory, 'updates.ndjson'), lines(updates))
    const figures = await run(directory)
    expect(figures.differing).toBe(0)
    const without = {
      count: 23,
      set: digest('B', 'a', 'b', ...[...cheap].sort()),
      top: digest('B', 'b', 'a', ...[...cheap].sort().slice(0, 17)),
    }
    expect(read('actual.ndjson')).toEqual([
      {
        panelist_id: 'number',
        count: 24,
        set: digest('B', 'a', 'b', 'best', ...[...cheap].sort()),
        top: digest('best', 'B', 'b', 'a', ...[...cheap].sort().slice(0, 16)),
      },
      { panelist_id: 'code', ...without },
      { panelist_id: 'empty', ...without },
    ])
    expect(read('actual_after.ndjson')[1]).toEqual({
      panelist_id: 'code',
      count: 23,
      set: digest('B', 'a', ...[...cheap].sort(), 'full'),
      top: digest('full', 'a', 'B', ...[...cheap].sort().slice(0, 17)),
    })
  })
})
