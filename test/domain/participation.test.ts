import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../domain/outcome.js'
import { mayTakePart, type PastSession } from '../../domain/participation.js'
import type { ParticipationExclusion, Survey } from '../../domain/survey.js'
import { aSurvey } from '../support/surveys.js'

const past = (given: Partial<PastSession> = {}): PastSession => ({
  connection: 'toluna-us',
  providerSurveyId: '1:2',
  projectId: '1',
  quotaId: 'q1',
  entered: true,
  outcome: 'TERMINATED',
  ...given,
})
const survey = (given: Partial<Survey> = {}): Survey => aSurvey({ providerSurveyId: '9:9', ...given })
const excluding = (exclusion: Partial<ParticipationExclusion>) =>
  survey({ exclusions: [{ providerSurveyId: '1:2', projectId: '1', participations: ['terminated'], ...exclusion }] })
const may = (one: Survey, session: PastSession, quota = 'q1', connection = 'toluna-us') =>
  mayTakePart(one, connection, quota, [session])

describe('one quota a survey and panelist', () => {
  const one = survey({ providerSurveyId: '1:2', oneQuotaPerPanelist: true })
  test('a panelist who was sent to one quota is never sent to another', () => {
    const invited = past({ entered: false, outcome: 'TIMEOUT' })
    expect(may(one, invited, 'q2')).toBe(false)
    expect(may(one, invited, 'q1')).toBe(true)
  })
  test('a panelist who entered is not sent there again', () => {
    expect(may(one, past(), 'q1')).toBe(false)
  })
  test('the next wave is another survey, and another connection another account', () => {
    expect(may({ ...one, providerSurveyId: '1:3' }, past())).toBe(true)
    expect(may(one, past(), 'q2', 'toluna-gb')).toBe(true)
  })
  test('a survey without the rule allows it', () => {
    expect(may(survey({ providerSurveyId: '1:2' }), past(), 'q2')).toBe(true)
  })
})

describe('surveys that exclude for other surveys', () => {
  test.each<[Outcome | null, 'terminated' | 'completed' | 'quota_full' | 'started', boolean]>([
    ['TERMINATED', 'terminated', false],
    ['SCREENED_OUT', 'terminated', false],
    ['COMPLETED', 'completed', false],
    ['QUOTA_FULL', 'quota_full', false],
    ['TIMEOUT', 'started', false],
    [null, 'started', false],
    ['COMPLETED', 'terminated', true],
    ['TIMEOUT', 'terminated', true],
    [null, 'completed', true],
  ])('%s, where %s excludes', (outcome, participation, expected) => {
    expect(may(excluding({ participations: [participation] }), past({ outcome }))).toBe(expected)
  })

  test('a panelist who never clicked did not take part', () => {
    const never = past({ entered: false, outcome: 'QUOTA_FULL' })
    expect(may(excluding({ participations: ['started', 'quota_full'] }), never)).toBe(true)
  })

  test('one wave, or any wave of a survey', () => {
    const other = past({ providerSurveyId: '1:5' })
    expect(may(excluding({}), other)).toBe(true)
    expect(may(excluding({ providerSurveyId: null }), other)).toBe(false)
    expect(may(excluding({ providerSurveyId: null, projectId: '7' }), other)).toBe(true)
  })
})
