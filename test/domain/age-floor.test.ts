import { describe, expect, it } from 'vitest'
import { ageFloor, ageQuestionsOf } from '../../domain/age-floor.js'
import type { PanelistSnapshot, Profile } from '../../domain/panelist.js'
import { shippedVocabulary } from '../../providers/kit/shipped-vocabulary.js'

const QUESTIONS = ageQuestionsOf([
  { provider: 'kantar', mapping: { identity: true, attributes: {} } },
  { provider: 'toluna', mapping: shippedVocabulary('toluna') },
  { provider: 'purespectrum', mapping: shippedVocabulary('purespectrum') },
])
const NOON = new Date('2026-11-29T12:00:00Z')

const knows = (profile: Profile, dateOfBirth: string | null = null): PanelistSnapshot => ({ profile, dateOfBirth })
const floor = (known: PanelistSnapshot, country = 'USA', now = NOON) => ageFloor([known], country, 16, now, QUESTIONS)

describe('the age floor', () => {
  it.each<[string, PanelistSnapshot, number | null, boolean]>([
    ['a number', knows({ age: 12 }), 12, false],
    ['the floor itself', knows({ age: 16 }), 16, true],
    ['a text', knows({ age: '15' }), 15, false],
    ['a text with blanks', knows({ age: ' 15 ' }), 15, false],
    ['a decimal text', knows({ age: '15.9' }), 15, false],
    ['a list', knows({ age: ['34', 12] }), 12, false],
    ['a band', knows({ age: '13-17' }), 13, false],
    ['a band above', knows({ age: '18-24' }), 18, true],
    ['a date of birth', knows({}, '2014-02-01'), 12, false],
    ['a date of birth in the profile', knows({ date_of_birth: '2014-02-01' }), 12, false],
    ['an age that the date of birth contradicts', knows({ age: 34 }, '2014-02-01'), 12, false],
    ['born today', knows({}, '2026-11-29'), 0, false],
    ["the gateway's word", knows({ 'kantar:age': '12' }), 12, false],
    ["Toluna's code of a band", knows({ 'toluna:1001538': '2006351' }), 13, false],
    ["PureSpectrum's word", knows({ 'purespectrum:212': '12' }), 12, false],
    ['an answer that is no age', knows({ age: 'adult' }), null, true],
    ['nothing', knows({ sex: 'male' }), null, true],
    ['a name of Object.prototype', knows(JSON.parse('{"constructor":"12"}')), null, true],
  ])('reads %s', (_name, known, age, holds) => {
    expect(floor(known)).toEqual({ age, minimumAge: 16, holds })
  })

  it('uses the lowest age of the request and the store', () => {
    const verdict = ageFloor([knows({ age: 30 }), knows({}, '2014-02-01')], 'USA', 16, NOON, QUESTIONS)
    expect(verdict).toMatchObject({ age: 12, holds: false })
  })

  it.each([
    // sixteen on the 29th: Tokyo's day begins at 15:00 UTC of the 28th, Honolulu's at 10:00 UTC of the 29th
    ['JPN', '2026-11-28T14:59:00Z', false],
    ['JPN', '2026-11-28T15:00:00Z', true],
    ['GBR', '2026-11-28T23:59:00Z', false],
    ['GBR', '2026-11-29T00:00:00Z', true],
    ['USA', '2026-11-29T09:59:00Z', false],
    ['USA', '2026-11-29T10:00:00Z', true],
  ])('a birthday begins with its day in %s: %s -> %s', (country, now, holds) => {
    expect(floor(knows({}, '2010-11-29'), country, new Date(now)).holds).toBe(holds)
  })

  it('does not apply at 0', () => {
    expect(ageFloor([knows({ age: 1 })], 'USA', 0, NOON, QUESTIONS).holds).toBe(true)
  })
})
