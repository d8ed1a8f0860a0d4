import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/eligibility/decide.js'
import { type PlanStanding, surveyOfPlan } from '../../../domain/plan/plan-survey.js'
import { DEFAULT_POLICY, priceOfPlan, type SurveyPlan } from '../../../domain/plan/survey-plan.js'
import { expandProfile } from '../../../domain/targeting/expand.js'
import { aPlan } from '../../support/plans.js'
import { matchOf } from '../eligibility/facts.js'

const none = { plan: 0, quotas: new Map<string, number>(), panels: new Map<string, number>() }
const standing = (plan: Partial<SurveyPlan> = {}, given: Partial<PlanStanding> = {}): PlanStanding => ({
  planId: 'plan_1',
  plan: aPlan(plan),
  policy: DEFAULT_POLICY,
  status: 'OPEN',
  quotaStatuses: new Map(),
  openPanels: ['lifepoints'],
  fullyLaunched: true,
  completes: none,
  held: none,
  ...given,
})

describe('a price', () => {
  test.each([
    [{ cpi: 150, unit: 'fractional', currency: 'USD' }, 150n],
    [{ cpi: 2, unit: 'main', currency: 'USD' }, 200n],
    [{ cpi: 150, unit: 'main', currency: 'JPY' }, 150n],
  ] as const)('%j is %s minor units (Kantar Gateway API, Pricing)', (pricing, minor) => {
    expect(priceOfPlan(pricing).amountMinor).toBe(minor)
  })
})

describe('a plan in the catalogue', () => {
  test('uses the gateway’s questions, and available completes without holds', () => {
    const survey = surveyOfPlan(
      standing(
        {
          targetCompletes: 30,
          additionalQualificationCount: 3,
          qualifications: [{ questionId: 'sex', answers: ['male'] }],
          quotas: [
            {
              id: 'young',
              qualifications: [{ questionId: 'age', ranges: [{ from: 16, to: 21 }] }],
              targetCompletes: 10,
              pricing: { cpi: 3, unit: 'main', currency: 'USD' },
            },
            { id: 'anybody', qualifications: [] },
          ],
        },
        {
          completes: { plan: 4, quotas: new Map([['young', 3]]), panels: new Map() },
          held: { plan: 9, quotas: new Map([['young', 7]]), panels: new Map() },
          quotaStatuses: new Map([['anybody', 'PAUSED']]),
        },
      ),
    )
    expect(survey).toMatchObject({
      providerSurveyId: 'plan_1',
      status: 'open',
      availableCompletes: 26,
      additionalQualifications: 3,
      panels: ['lifepoints'],
      clauses: [{ attribute: 'gateway:sex', answers: ['male'] }],
      quotas: [
        { quotaId: 'young', status: 'open', available: 7, price: { amountMinor: 300n, currency: 'USD' } },
        { quotaId: 'anybody', status: 'paused', available: null },
      ],
    })
  })

  test('is, word for word, what was posted; what the buyer left out restricts nothing', () => {
    expect(surveyOfPlan(standing())).toEqual({
      providerSurveyId: 'plan_1',
      status: 'open',
      country: 'USA',
      locale: 'es-US',
      loiMinutes: 5,
      irPercent: 80,
      conversionPercent: 25,
      price: { amountMinor: 150n, currency: 'USD' },
      availableCompletes: 30,
      devices: null,
      finishAt: null,
      groupId: null,
      projectId: null,
      resumeAllowed: true,
      panels: ['lifepoints'],
      clauses: [],
      quotas: [],
      additionalQualifications: 0,
      fullQuotaTerminates: false,
      entry: { survey_url: 'https://survey-platform.example/survey/e9790abf', survey_id: 'demand-survey-plan-id' },
      enterable: true,
    })
    const { locale: _none, ...plan } = aPlan({
      quotas: [{ id: 'q', qualifications: [{ questionId: 'sex', answers: ['male'] }, { questionId: 'age' }] }],
      deviceRequirements: ['mobile'],
      finishDate: '2026-12-01T00:00:00Z',
      groupId: 'g',
      projectId: 'p',
      resumeAllowed: false,
    })
    const policy = { ...DEFAULT_POLICY, softLaunch: { completes: 2, pauseMs: 60_000 } }
    const survey = surveyOfPlan({ ...standing({}, { policy, fullyLaunched: false, status: 'CLOSED' }), plan })
    expect(survey).toMatchObject({
      status: 'closed',
      locale: null,
      devices: ['mobile'],
      finishAt: '2026-12-01T00:00:00Z',
      groupId: 'g',
      projectId: 'p',
      resumeAllowed: false,
      softLaunch: true,
    })
    expect(survey.quotas).toEqual([
      {
        quotaId: 'q',
        status: 'open',
        available: null,
        layers: [
          { subQuotas: [{ clauses: [{ attribute: 'gateway:sex', answers: ['male'] }], available: null }] },
          { subQuotas: [{ clauses: [{ attribute: 'gateway:age', answers: [] }], available: null }] },
        ],
        additionalQualifications: 0,
      },
    ])
  })

  test.each([
    [16, 'yes'],
    [21, 'yes'],
    [22, 'no'],
    [15, 'no'],
  ])('lets age %d into 16-21: %s, both ends included', (age, verdict) => {
    const survey = surveyOfPlan(standing({ qualifications: [{ questionId: 'age', ranges: [{ from: 16, to: 21 }] }] }))
    const profile = expandProfile(
      { panelistId: 'p', country: 'USA', locale: null, dateOfBirth: null, profile: { age } },
      new Date('2026-11-22'),
      [{ prefix: 'gateway', provider: 'gateway', mapping: { identity: true, attributes: {} } }],
    )
    const facts = { profile, panel: { id: 'lifepoints', caps: null }, now: new Date('2026-11-22') }
    expect(decide(matchOf(survey, facts), 'match').verdict).toBe(verdict)
  })

  test('terminates in a full quota when quotaRule is every (currently_open 0)', () => {
    expect(surveyOfPlan(standing()).fullQuotaTerminates).toBe(false)
    expect(surveyOfPlan(standing({ quotaRule: 'every' })).fullQuotaTerminates).toBe(true)
  })

  test('is in its soft launch until the full launch begins', () => {
    const policy = { ...DEFAULT_POLICY, softLaunch: { completes: 2, pauseMs: 60_000 } }
    expect(surveyOfPlan(standing({}, { policy, fullyLaunched: false })).softLaunch).toBe(true)
    expect(surveyOfPlan(standing({}, { policy })).softLaunch).toBeUndefined()
    expect(surveyOfPlan(standing({}, { fullyLaunched: false })).softLaunch).toBeUndefined()
  })
})
