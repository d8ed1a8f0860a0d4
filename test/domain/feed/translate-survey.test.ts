import { describe, expect, it } from 'vitest'
import { isCarried } from '../../../domain/feed/carried.js'
import { translateSurvey } from '../../../domain/feed/translate-survey.js'
import { money } from '../../../domain/money.js'
import type { Quota } from '../../../domain/survey.js'
import { aSurvey } from '../../support/surveys.js'
import { WORDS } from './vocabularies.js'

const quota = (given: Partial<Quota>): Quota => ({
  quotaId: 'q',
  status: 'open',
  available: null,
  layers: [],
  additionalQualifications: 0,
  ...given,
})

describe('a survey in the gateway’s questions', () => {
  it('has the translatable clauses and the number of the others, per survey and quota', () => {
    const survey = aSurvey({
      availableCompletes: 40,
      additionalQualifications: 2,
      clauses: [
        { attribute: 'toluna:1001007', answers: ['2000247'] },
        { attribute: 'toluna:1001042', prefixes: ['SW1'] },
        { attribute: 'toluna:999', answers: ['1'] },
      ],
      quotas: [
        quota({
          quotaId: '7',
          available: 9,
          additionalQualifications: 1,
          price: money(175, 'USD'),
          layers: [
            {
              subQuotas: [
                { clauses: [{ attribute: 'toluna:1001538', ranges: [{ from: 18, to: 24 }] }], available: 4 },
                { clauses: [{ attribute: 'toluna:999', answers: ['2'] }], available: null },
              ],
            },
          ],
        }),
      ],
    })
    expect(translateSurvey(survey, WORDS.toluna)).toEqual({
      clauses: [{ attribute: 'sex', answers: ['male'] }],
      additional: 4,
      available: 40,
      quotas: [
        {
          id: '7~1',
          status: 'open',
          available: 4,
          price: money(175, 'USD'),
          clauses: [{ attribute: 'age', ranges: [{ from: 18, to: 24 }] }],
          additional: 1,
        },
        { id: '7~2', status: 'open', available: 9, price: money(175, 'USD'), clauses: [], additional: 2 },
      ],
    })
  })

  it('has a full quota as closed, and other quotas with their own status', () => {
    const full = { subQuotas: [{ clauses: [], available: 0 }] }
    const survey = aSurvey({
      quotas: [quota({ quotaId: 'full', layers: [full] }), quota({ quotaId: 'p', status: 'paused' })],
    })
    expect(translateSurvey(survey, WORDS.kantar).quotas).toMatchObject([
      { id: 'full', status: 'closed', available: 0 },
      { id: 'p', status: 'paused', available: 100 },
    ])
  })

  it.each([
    ['the provider’s figure', 12, [5, null], 12],
    ['the provider’s 0', 0, [5], 0],
    ['as many as its open quotas have', null, [5, 3], 8],
    ['at least as many as one of them has, where another has no figure', null, [5, null], 5],
    ['1, where there is no figure', null, [null], 1],
    ['1, without quotas', null, [], 1],
  ])('has left %s', (_, availableCompletes, quotas, available) => {
    const survey = aSurvey({
      availableCompletes,
      quotas: [
        ...quotas.map((one, index) => quota({ quotaId: String(index), available: one })),
        quota({ quotaId: 'closed', status: 'closed', available: quotas.length === 0 ? null : 1_000 }),
      ].slice(0, quotas.length === 0 ? 0 : undefined),
    })
    expect(translateSurvey(survey, WORDS.kantar).available).toBe(available)
  })
})

describe('the feed carries', () => {
  it.each([
    ['an ordinary survey', {}, true],
    ['one in each of five currencies', { price: money(1, 'CAD') }, true],
    ['no other currency', { price: money(1, 'CHF') }, false],
    ['no quota that pays in another currency', { quotas: [quota({ price: money(1, 'JPY') })] }, false],
  ])('%s', (_, given, carried) => {
    expect(isCarried(aSurvey(given))).toBe(carried)
  })
})
