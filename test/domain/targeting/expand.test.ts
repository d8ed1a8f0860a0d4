import { describe, expect, it } from 'vitest'
import { expandProfile, type Vocabulary } from '../../../domain/targeting/expand.js'
import { NOON, panelist } from './surveys.js'

const kantar: Vocabulary = { prefix: 'kantar', provider: 'kantar', mapping: { identity: true, attributes: {} } }
const toluna: Vocabulary = {
  prefix: 'toluna',
  provider: 'toluna',
  mapping: {
    identity: false,
    attributes: {
      sex: { question: '1001007', answers: { 2000247: 'male', 2000246: 'female' } },
      age: { question: '1001538', ranges: true, answers: { 2006352: '18-24', 2006353: '25-34', 2006999: '16-30' } },
      postal_code: { question: '1001042', prefixes: true },
      region: { question: '1001043' },
    },
  },
}

describe('a panelist in every vocabulary', () => {
  it('keeps canonical names where the vocabulary is ours, and splits piped codes', () => {
    const expanded = expandProfile(panelist({ profile: { sex: 'male', pets: '1|2|4', cars: ['3', 4] } }), NOON, [
      kantar,
    ])
    expect(expanded.get('kantar:sex')).toEqual({ values: ['male'], numbers: [] })
    expect(expanded.get('kantar:pets')).toEqual({ values: ['1', '2', '4'], numbers: [1, 2, 4] })
    expect(expanded.get('kantar:cars')).toEqual({ values: ['3', '4'], numbers: [3, 4] })
  })

  it('translates answers, and gives several codes where several hold', () => {
    const expanded = expandProfile(panelist({ profile: { sex: 'female', age: '20' } }), NOON, [toluna])
    expect(expanded.get('toluna:1001007')).toEqual({ values: ['2000246'], numbers: [] })
    expect(expanded.get('toluna:1001538')).toEqual({ values: ['2006352', '2006999', '20'], numbers: [20] })
  })

  it.each([
    [17, ['2006999']],
    [18, ['2006352', '2006999']],
    [24, ['2006352', '2006999']],
    [25, ['2006353', '2006999']],
    [35, []],
  ])('includes both ends of a band: %i', (age, codes) => {
    const given = expandProfile(panelist({ profile: { age } }), NOON, [toluna]).get('toluna:1001538')
    expect(given?.values.filter((value) => value.startsWith('200'))).toEqual(codes)
  })

  it('leaves a question without a translation unknown, not a miss', () => {
    const expanded = expandProfile(panelist({ profile: { sex: 'not said' } }), NOON, [toluna])
    expect(expanded.has('toluna:1001007')).toBe(false)
  })

  it('calculates the age on the day, and prefers a given age', () => {
    const born = panelist({ dateOfBirth: '2000-06-15' })
    expect(expandProfile(born, new Date('2025-06-14T23:59:59Z'), [kantar]).get('kantar:age')?.numbers).toEqual([24])
    expect(expandProfile(born, NOON, [kantar]).get('kantar:age')?.numbers).toEqual([25])
    const both = panelist({ dateOfBirth: '2000-06-15', profile: { age: 40 } })
    expect(expandProfile(both, NOON, [kantar]).get('kantar:age')?.numbers).toEqual([40])
    const inProfile = panelist({ profile: { date_of_birth: '1990-01-01' } })
    expect(expandProfile(inProfile, NOON, [kantar]).get('kantar:age')?.numbers).toEqual([35])
  })

  it('reads a blank age as no answer', () => {
    const expanded = expandProfile(panelist({ dateOfBirth: '2000-06-15', profile: { age: '' } }), NOON, [kantar])
    expect(expanded.get('kantar:age')?.numbers).toEqual([25])
  })

  it('lets the provider’s own codes replace a translation, for that provider only', () => {
    const profile = { sex: 'male', 'toluna:1001007': '2000246', 'toluna:1001033': '2000441|2000442' }
    const expanded = expandProfile(panelist({ profile }), NOON, [kantar, toluna])
    expect(expanded.get('toluna:1001007')?.values).toEqual(['2000246'])
    expect(expanded.get('toluna:1001033')?.values).toEqual(['2000441', '2000442'])
    expect(expanded.get('kantar:sex')?.values).toEqual(['male'])
    expect([...expanded.keys()].filter((name) => name.startsWith('kantar:'))).toEqual(['kantar:sex'])
  })

  it('translates with the own mapping of a connection', () => {
    const own = { ...toluna, prefix: 'toluna-us' }
    const expanded = expandProfile(panelist({ profile: { 'toluna:1001033': '7' } }), NOON, [toluna, own])
    expect(expanded.get('toluna-us:1001033')?.values).toEqual(['7'])
  })

  it('leaves out country, locale and date of birth, which are not attributes', () => {
    const profile = { country: 'USA', locale: 'en-US', date_of_birth: '2000-01-01' }
    expect([...expandProfile(panelist({ profile }), NOON, [kantar]).keys()]).toEqual(['kantar:age'])
  })

  it('matches decimal texts to ranges, and no text that only looks like a number', () => {
    const profile = { a: '30', b: '2.5', c: '-3', d: '0x10', e: '1e3', f: '', g: [], h: ' 7 ' }
    const numbers = (name: string) =>
      expandProfile(panelist({ profile }), NOON, [kantar]).get(`kantar:${name}`)?.numbers
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(numbers)).toEqual([
      [30],
      [2.5],
      [-3],
      [],
      [],
      undefined,
      undefined,
      [7],
    ])
  })
})
