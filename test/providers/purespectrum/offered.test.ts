import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/eligibility/decide.js'
import type { Survey } from '../../../domain/survey.js'
import { expandProfile } from '../../../domain/targeting/expand.js'
import { purespectrum } from '../../../providers/purespectrum/index.js'
import { matchOf } from '../../domain/eligibility/facts.js'
import { pageOf } from './page.js'

const NOW = new Date('2026-11-20T10:00:00Z')
const quota = (id: string, open: number, criteria: unknown[]) => ({
  quota_id: id,
  quantities: { currently_open: open, remaining: 25, achieved: 0 },
  criteria,
})
const sex = (code: string) => ({ qualification_code: 211, condition_codes: [code] })
const ages = (from: number, to: number) => ({ qualification_code: 212, range_sets: [{ from, to, units: 311 }] })

function surveyWith(patch: Record<string, unknown>): Survey {
  const config = purespectrum.config.parse({
    id: 'ps',
    provider: 'purespectrum',
    panelist_ids: 'bare',
    base_url: 'https://ps.example',
    access_token: 't',
    supplier_id: 49,
  })
  const live = { survey_status: 22, field_end_date: NOW.getTime() + 86_400_000, qualifications: [], ...patch }
  const [answer] = JSON.parse(pageOf({ surveys: [live] })) as unknown[]
  const record = purespectrum.feed?.readRecord(config, Buffer.from(JSON.stringify(answer)), '1')
  if (record === undefined || !('kind' in record) || record.kind !== 'offered') throw new Error(JSON.stringify(record))
  return record.survey
}

function verdict(survey: Survey, profile: Record<string, string | number>): string {
  const panelist = { panelistId: 'p', country: 'USA', locale: 'en-US', dateOfBirth: null, profile }
  const vocabulary = { prefix: 'purespectrum', provider: 'purespectrum', mapping: purespectrum.vocabulary }
  const expanded = expandProfile(panelist, NOW, [vocabulary])
  const circumstances = { country: 'USA', locale: 'en-US', device: null }
  return decide(matchOf(survey, { profile: expanded, circumstances, now: NOW }), 'match').verdict
}

describe('a survey of PureSpectrum', () => {
  test('is not for panelists in any closed quota; for those who may be in it, it is a maybe', () => {
    const survey = surveyWith({ quotas: [quota('age', 5, [ages(18, 44)]), quota('women', 0, [sex('112')])] })
    expect(verdict(survey, { age: 30, sex: 'male' })).toBe('yes')
    expect(verdict(survey, { age: 30, sex: 'female' })).toBe('no')
    expect(verdict(survey, { age: 30 })).toBe('maybe')
    expect(verdict(survey, { age: 50, sex: 'male' })).toBe('no')
  })

  test('is decided by the device of the match where a quota asks for it; without one, a maybe', () => {
    const device = (code: string) => ({ qualification_code: 219, condition_codes: [code] })
    const survey = surveyWith({ quotas: [quota('desktop', 5, [device('111')]), quota('mobile', 0, [device('112')])] })
    expect(verdict(survey, { device: 'desktop' })).toBe('yes')
    expect(verdict(survey, { device: 'mobile' })).toBe('no')
    expect(verdict(survey, { device: 'tablet' })).toBe('no')
    expect(verdict(survey, {})).toBe('maybe')
  })

  test('is not for panelists who meet both criteria of a closed quota', () => {
    const survey = surveyWith({ quotas: [quota('all', 5, []), quota('young women', 0, [sex('112'), ages(18, 24)])] })
    expect(verdict(survey, { age: 20, sex: 'female' })).toBe('no')
    expect(verdict(survey, { age: 30, sex: 'female' })).toBe('yes')
    expect(verdict(survey, { age: 20 })).toBe('maybe')
    expect(verdict(survey, { age: 30 })).toBe('yes')
  })

  test('has ranges as a union with both ends included, and ignores codes without a condition', () => {
    const union = { qualification_code: 212, range_sets: [ages(25, 35), ages(18, 24)].flatMap((one) => one.range_sets) }
    const survey = surveyWith({ qualifications: [union, sex('111')], quotas: [] })
    expect([17, 18, 24, 25, 35, 36].map((age) => verdict(survey, { age, sex: 'male' }))).toEqual([
      'no',
      'yes',
      'yes',
      'yes',
      'yes',
      'no',
    ])
    expect(verdict(survey, { age: 30 })).toBe('no')
    expect(verdict(survey, { age: 30, sex: 'male', postal_code: '1' })).toBe('yes')
  })

  test('is not offered when paused, a draft, full for us or only for a group', () => {
    const base = { quotas: [] }
    expect(verdict(surveyWith(base), {})).toBe('yes')
    expect(verdict(surveyWith({ ...base, survey_status: 33 }), {})).toBe('no')
    expect(verdict(surveyWith({ ...base, survey_status: 11 }), {})).toBe('no')
    expect(verdict(surveyWith({ ...base, supplier_completes: { remaining: 0 } }), {})).toBe('no')
    expect(verdict(surveyWith({ ...base, incl_excl: 1 }), {})).toBe('no')
  })
})
