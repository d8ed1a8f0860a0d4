import { describe, expect, test } from 'vitest'
import type { PanelistSnapshot } from '../../domain/panelist.js'
import type { Clause, Quota } from '../../domain/survey.js'
import { upstreamProfile } from '../../domain/upstream-profile.js'
import { aSurvey } from '../support/surveys.js'

const clause = (attribute: string): Clause => ({ attribute, answers: ['1'] })
const quota = (...attributes: string[]): Quota => ({
  quotaId: 'q1',
  status: 'open',
  available: 5,
  layers: [{ subQuotas: [{ clauses: attributes.map(clause), available: null }] }],
  additionalQualifications: 0,
})
const panelist: PanelistSnapshot = {
  dateOfBirth: '1990-04-23',
  profile: { sex: '1', pets: ['1', '4'], income: 7, hidden: 'secret', 'kantar:sex': '2', blank: ' ' },
}
const today = new Date('2026-04-22T00:00:00Z')
const told = (survey: Parameters<typeof aSurvey>[0], chosen: Quota | null = null, who = panelist) =>
  upstreamProfile(who, aSurvey(survey), chosen, 'kantar', today)

describe('the profile that a provider gets', () => {
  test('has only what the survey or the chosen quota names', () => {
    expect(told({ clauses: [clause('kantar:pets')] }, quota('kantar:income'))).toEqual({ pets: '1|4', income: 7 })
    expect(told({ clauses: [], quotas: [quota('kantar:income')] })).toEqual({})
  })

  test('prefers the provider’s own code to ours', () => {
    expect(told({ clauses: [clause('kantar:sex')] })).toEqual({ sex: '2' })
  })

  test('has the age on the day, unless it is given', () => {
    expect(told({ clauses: [clause('kantar:age')] })).toEqual({ age: 35 })
    const given = { ...panelist, profile: { age: '40' } }
    expect(told({ clauses: [clause('kantar:age')] }, null, given)).toEqual({ age: '40' })
    expect(told({ clauses: [clause('kantar:age')] }, null, { dateOfBirth: null, profile: {} })).toEqual({})
  })

  test('leaves out unknown and blank answers', () => {
    expect(told({ clauses: [clause('kantar:unknown'), clause('kantar:blank')] })).toEqual({})
  })
})

describe('a provider with codes of its own', () => {
  const mapping = {
    identity: false,
    attributes: {
      sex: { question: '211', answers: { 111: 'male', 112: 'female' } },
      age: { question: '212', ranges: true },
      postal_code: { question: '229' },
    },
  }
  const who: PanelistSnapshot = {
    dateOfBirth: '1990-04-23',
    profile: { sex: 'female', postal_code: '91945', 'purespectrum:219': '111|113', pets: '1' },
  }
  const said = (...questions: string[]) =>
    upstreamProfile(
      who,
      aSurvey({ clauses: questions.map((question) => clause(`purespectrum:${question}`)) }),
      null,
      'purespectrum',
      today,
      mapping,
    )

  test('gets its own codes, and only what it asks', () => {
    expect(said('211', '212')).toEqual({ 211: '112', 212: '35' })
    expect(said('229', '219')).toEqual({ 229: '91945', 219: '111|113' })
    expect(said('640', 'pets')).toEqual({})
  })
})
