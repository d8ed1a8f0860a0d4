import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FlatQuota, flattenQuota } from '../../../domain/feed/flatten-quota.js'
import { baseQuotaId, quotaNamed } from '../../../domain/feed/quota-id.js'
import type { Clause, Layer, Quota, SubQuota } from '../../../domain/survey.js'
import { evaluateClause } from '../../../domain/targeting/clause.js'
import { given } from '../../../domain/targeting/expand.js'
import { evaluateQuota } from '../../../domain/targeting/quota.js'

const clause = (attribute: string, ...answers: string[]): Clause => ({ attribute, answers })
const sub = (clauses: readonly Clause[], available: number | null = null): SubQuota => ({ clauses, available })
const layer = (...subQuotas: SubQuota[]): Layer => ({ subQuotas })
const quota = (layers: readonly Layer[], given: Partial<Quota> = {}): Quota => ({
  quotaId: '1234',
  status: 'open',
  available: 20,
  layers,
  additionalQualifications: 0,
  ...given,
})
const [male, female] = [clause('t:sex', 'm'), clause('t:sex', 'f')]
const [young, old] = [clause('t:age', 'young'), clause('t:age', 'old')]
const north = clause('t:region', 'north')
const shown = (flat: readonly FlatQuota[]) =>
  flat.map(({ id, clauses, available }) => [
    id,
    clauses.map((one) => `${one.attribute} ${one.answers?.join('|')}`).join(', '),
    available,
  ])

describe('a layered quota as quotas of the gateway', () => {
  it('is one quota where every layer has one sub-quota', () => {
    expect(flattenQuota(quota([layer(sub([male])), layer(sub([young, north], 3))]))).toEqual([
      { id: '1234', clauses: [male, young, north], unsaid: 0, available: 3, full: false },
    ])
    expect(flattenQuota(quota([]))).toEqual([{ id: '1234', clauses: [], unsaid: 0, available: 20, full: false }])
  })

  it('is a quota for every combination of its sub-quotas (layers AND, sub-quotas OR)', () => {
    const flat = flattenQuota(
      quota([layer(sub([male], 10), sub([female], 5)), layer(sub([young]), sub([old, north], 2))]),
    )
    expect(shown(flat)).toEqual([
      ['1234~1', 't:sex m, t:age young', 10],
      ['1234~2', 't:sex m, t:age old, t:region north', 2],
      ['1234~3', 't:sex f, t:age young', 5],
      ['1234~4', 't:sex f, t:age old, t:region north', 2],
    ])
  })

  it('leaves full sub-quotas out, and keeps the names of the others', () => {
    const flat = flattenQuota(quota([layer(sub([male], 0), sub([female])), layer(sub([young]), sub([old], 0))]))
    expect(shown(flat)).toEqual([['1234~3', 't:sex f, t:age young', 20]])
  })

  it('is full where a whole layer is full', () => {
    expect(flattenQuota(quota([layer(sub([male])), layer(sub([young], 0), sub([old], 0))]))).toEqual([
      { id: '1234', clauses: [male], unsaid: 1, available: 20, full: true },
    ])
    expect(flattenQuota(quota([layer()]))[0]?.full).toBe(true)
  })

  it('is flattened to at most fifty combinations', () => {
    const many = (count: number) =>
      layer(...Array.from({ length: count }, (_, index) => sub([north, clause('t:cell', String(index))])))
    expect(flattenQuota(quota([many(5), many(10)]))).toHaveLength(50)
    expect(flattenQuota(quota([many(3), many(17)]))).toEqual([
      // north is in every combination; each layer asks one more question
      { id: '1234', clauses: [north], unsaid: 2, available: 20, full: false },
    ])
  })

  it('counts only open sub-quotas towards the fifty', () => {
    const cells = Array.from({ length: 60 }, (_, index) => sub([clause('t:cell', String(index))], index < 50 ? 1 : 0))
    expect(flattenQuota(quota([layer(...cells)]))).toHaveLength(50)
  })

  it('recognises the same clause with its answers in another order', () => {
    const [one, other] = [clause('t:cell', 'a', 'b'), clause('t:cell', 'b', 'a')]
    const cells = Array.from({ length: 51 }, (_, index) => sub([index % 2 === 0 ? one : other]))
    expect(flattenQuota(quota([layer(...cells)]))).toMatchObject([{ clauses: [one], unsaid: 0 }])
  })

  it('accepts the same panelists as the layered quota', () => {
    const clauses = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.subarray(['1', '2', '3'], { minLength: 1 }))
      .map(([attribute, answers]) => clause(attribute, ...answers))
    const subQuotas = fc.record({
      clauses: fc.array(clauses, { minLength: 1, maxLength: 2 }),
      available: fc.constantFrom(null, 0, 3),
    })
    const layers = fc.array(
      fc.array(subQuotas, { minLength: 1, maxLength: 5 }).map((all) => layer(...all)),
      { maxLength: 4 },
    )
    const profiles = fc.record({
      a: fc.constantFrom('1', '2'),
      b: fc.constantFrom('1', '3'),
      c: fc.constantFrom('2', '3'),
    })
    fc.assert(
      fc.property(layers, profiles, (all, answers) => {
        const profile = new Map(Object.entries(answers).map(([name, value]) => [name, given([value])]))
        const holds = evaluateQuota(quota(all), profile, 1).fits === 'yes'
        const flat = flattenQuota(quota(all)).filter(({ full }) => !full)
        const flatHolds = flat.some((one) => one.clauses.every((each) => evaluateClause(each, profile) === 'yes'))
        if (flat.every(({ unsaid }) => unsaid === 0)) expect(flatHolds).toBe(holds)
        else if (holds) expect(flatHolds).toBe(true)
        expect(flat.length).toBeLessThanOrEqual(50)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('the id of a combination', () => {
  it('converts back to its quota', () => {
    expect(baseQuotaId('1234~17')).toBe('1234')
    expect(baseQuotaId('1234')).toBe('1234')
    expect(baseQuotaId('a~b')).toBe('a~b')
    expect(baseQuotaId('a~b~2')).toBe('a~b')
    expect(baseQuotaId('a~0')).toBe('a~0')
  })

  it("means the provider's own quota where that is its name", () => {
    const survey = { quotas: [quota([], { quotaId: 'a' }), quota([], { quotaId: 'a~1' })] }
    expect(quotaNamed(survey, 'a~1')?.quotaId).toBe('a~1')
    expect(quotaNamed(survey, 'a~2')?.quotaId).toBe('a')
    expect(quotaNamed(survey, 'b')).toBeUndefined()
  })
})
