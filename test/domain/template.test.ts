import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VocabularyMapping } from '../../domain/mapping.js'
import type { BuyerQuota, SurveyRequest } from '../../domain/template/buyer-survey.js'
import { editedSurvey, newSurvey } from '../../domain/template/inherit.js'
import { apportion, rescaleCells } from '../../domain/template/rescale.js'
import { mayUse, sharedWithAsSeenBy } from '../../domain/template/template.js'
import { type CanonicalQuestion, translate } from '../../domain/template/translate.js'

const weights = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 30 })
const total = fc.integer({ min: 0, max: 10_000_000 })

describe('apportion', () => {
  it('sums exactly, is less than one off its share, and keeps the order', () => {
    fc.assert(
      fc.property(weights, total, (list, wanted) => {
        const sum = list.reduce((left, right) => left + right, 0)
        const counts = apportion(list, wanted)
        if (sum === 0) return expect(counts).toEqual(list.map(() => 0))
        expect(counts.reduce((left, right) => left + right, 0)).toBe(wanted)
        counts.forEach((count, at) => {
          // |count - weight * wanted / sum| < 1, in integers
          const off = BigInt(count) * BigInt(sum) - BigInt(list[at] ?? 0) * BigInt(wanted)
          expect(off < BigInt(sum) && off > -BigInt(sum)).toBe(true)
          list.forEach((weight, other) => {
            if (weight < (list[at] ?? 0)) expect(counts[other] ?? 0).toBeLessThanOrEqual(count)
          })
        })
      }),
    )
  })

  it('keeps counts that sum already', () => {
    fc.assert(
      fc.property(weights, (list) => {
        const sum = list.reduce((left, right) => left + right, 0)
        expect(apportion(list, sum)).toEqual(list)
      }),
    )
  })

  it('gives the rest to the largest remainders, the earlier first', () => {
    expect(apportion([1, 1, 1], 100)).toEqual([34, 33, 33])
    expect(apportion([15, 20, 20, 20, 10, 15], 20)).toEqual([3, 4, 4, 4, 2, 3])
    expect(apportion([10, 49, 41], 10)).toEqual([1, 5, 4])
    expect(apportion([5, 45, 50], 1)).toEqual([0, 0, 1])
  })
})

const cell = (requiredCount: number, ...codes: number[]) => ({
  title: '',
  requiredCount,
  criteria: codes.map((code) => ({ code, conditions: [String(requiredCount)] })),
})

describe('rescaleCells', () => {
  it('scales each dimension separately: a set of questions in any order', () => {
    const cells = [cell(60, 211), cell(1, 212, 211), cell(40, 211), cell(3, 211, 212), cell(7, 212)]
    expect(rescaleCells(cells, 10).map(({ requiredCount }) => requiredCount)).toEqual([6, 3, 4, 7, 10])
    expect(rescaleCells([], 10)).toEqual([])
  })
})

let next = 0
const ids = { buyerQuotaId: () => `quota-${++next}`, psQuotaId: () => `ps-${++next}` }
const NEEDED = { title: 'T', categoryCode: 1, localization: 'en_US', completes: 100, ir: 50, loi: 10 }

describe('newSurvey', () => {
  const template: SurveyRequest = {
    ...NEEDED,
    fieldTime: 5,
    shown: { buyer_message: 'from the template', billing_id: 'T1' },
    qualifications: [
      { code: 211, conditions: ['111', '112'] },
      { code: 212, ranges: [{ from: 18, to: 99 }] },
    ],
    quotas: [cell(60, 211), cell(40, 211)],
  }

  it('keeps a qualification of the request once, and inherits other settings', () => {
    const own = { code: 211, conditions: ['111'] }
    const survey = newSurvey({ qualifications: [own], shown: { billing_id: 'mine' } }, template, ids)
    expect(survey?.qualifications).toEqual([own, { code: 212, ranges: [{ from: 18, to: 99 }] }])
    expect(survey).toMatchObject({
      ...NEEDED,
      fieldTime: 5,
      shown: { buyer_message: 'from the template', billing_id: 'mine' },
    })
  })

  it('rescales the template’s cells when completes differ, and never the request’s', () => {
    const mine = { ...cell(3, 212), buyerQuotaId: 'mine' }
    const counts = (request: SurveyRequest) =>
      newSurvey(request, template, ids)?.quotas.map(({ requiredCount }) => requiredCount)
    expect(counts({ completes: 10, quotas: [mine] })).toEqual([3, 6, 4])
    expect(counts({ quotas: [mine] })).toEqual([3, 60, 40])
  })

  it('does not repeat a quota with the same criteria in another order', () => {
    const criteria = [
      { code: 212, ranges: [{ from: 18, to: 24 }] },
      { code: 211, conditions: ['111', '112'] },
    ]
    const same = [
      { code: 211, conditions: ['112', '111'] },
      { code: 212, ranges: [{ from: 18, to: 24 }] },
    ]
    const quota = (list: typeof criteria | typeof same, requiredCount: number) => ({
      title: '',
      requiredCount,
      criteria: list,
    })
    const survey = newSurvey({ quotas: [quota(criteria, 1)] }, { ...NEEDED, quotas: [quota(same, 100)] }, ids)
    expect(survey?.quotas.map(({ requiredCount }) => requiredCount)).toEqual([1])
  })

  it('is null without its required settings', () => {
    for (const name of Object.keys(NEEDED)) {
      expect(newSurvey({ ...NEEDED, [name]: undefined }, null, ids), name).toBeNull()
      expect(newSurvey({ ...NEEDED, [name]: undefined }, NEEDED, ids), name).not.toBeNull()
    }
  })
})

describe('editedSurvey', () => {
  it('keeps our id of a quota that the buyer sends again, and gives a new one an id', () => {
    const kept: BuyerQuota = { ...cell(3, 211), buyerQuotaId: 'kept', psQuotaId: 'ours' }
    const before = { ...NEEDED, qualifications: [], quotas: [kept] }
    const after = editedSurvey(before, { quotas: [{ ...kept, requiredCount: 4 }, cell(1, 212)] }, null, ids)
    expect(after.quotas[0]).toEqual({ ...kept, requiredCount: 4 })
    expect(after.quotas[1]?.psQuotaId).toMatch(/^ps-/)
  })
})

describe('a template', () => {
  const template = { templateId: 1, folder: 'f', name: 'n', title: 't', survey: {} }
  const buyer = { id: 'acme', buyerId: 145 }

  it('is for its owner, for all buyers, or for those it is shared with', () => {
    expect(mayUse({ owner: 'acme', visibility: 'own', sharedWith: [] }, buyer)).toBe(true)
    expect(mayUse({ owner: 'rival', visibility: 'own', sharedWith: [] }, buyer)).toBe(false)
    expect(mayUse({ owner: null, visibility: 'own', sharedWith: [] }, buyer)).toBe(false)
    expect(mayUse({ owner: null, visibility: 'default', sharedWith: [] }, buyer)).toBe(true)
    expect(mayUse({ owner: 'rival', visibility: 'shared', sharedWith: [145] }, buyer)).toBe(true)
    expect(mayUse({ owner: 'rival', visibility: 'shared', sharedWith: [146] }, buyer)).toBe(false)
  })

  it('does not show whom else it is shared with', () => {
    const shared = { ...template, visibility: 'shared' as const, sharedWith: [146, 145] }
    expect(sharedWithAsSeenBy({ ...shared, owner: 'rival' }, buyer)).toEqual([145])
    expect(sharedWithAsSeenBy({ ...shared, owner: 'acme' }, buyer)).toEqual([146, 145])
  })
})

describe('translate', () => {
  const vocabulary: VocabularyMapping = {
    identity: false,
    attributes: {
      sex: { question: '211', answers: { 111: 'male', 112: 'female' } },
      age: { question: '212', ranges: true },
      postal_code: { question: '229' },
    },
  }
  const questions: CanonicalQuestion[] = [
    {
      id: 'sex',
      supportedCountries: ['USA'],
      answerType: 'single_choice',
      answers: [{ id: 'male' }, { id: 'female' }],
    },
    { id: 'age', supportedCountries: null, answerType: 'range', rangeLimits: { start: 16, end: 100 } },
  ]
  const inCountry = (country: string) => ({ vocabulary, questions, country })
  const USA = inCountry('USA')

  it('translates gender and age to the gateway’s questions, with ages within its limits', () => {
    expect(translate({ code: 211, conditions: ['112', '111'] }, USA)).toEqual({
      questionId: 'sex',
      answers: ['female', 'male'],
    })
    const ranges = [
      { from: 13, to: 24 },
      { from: 65, to: 120 },
      { from: 0, to: 15 },
    ]
    expect(translate({ code: 212, ranges }, USA)).toEqual({
      questionId: 'age',
      ranges: [
        { from: 16, to: 24 },
        { from: 65, to: 100 },
      ],
    })
  })

  it('is null where the gateway has no equivalent', () => {
    expect(translate({ code: 215, conditions: ['111'] }, USA)).toBeNull()
    expect(translate({ code: 229, conditions: ['91945'] }, USA)).toBeNull()
    expect(translate({ code: 211, conditions: ['111', '113'] }, USA)).toBeNull()
    expect(translate({ code: 211, conditions: ['111'] }, inCountry('DEU'))).toBeNull()
    expect(translate({ code: 212, ranges: [{ from: 0, to: 15 }] }, USA)).toBeNull()
    expect(translate({ code: 212, conditions: ['18'] }, USA)).toBeNull()
    expect(translate({ code: 211, ranges: [{ from: 1, to: 2 }] }, USA)).toBeNull()
  })

  it('uses a code’s own text where there is no mapping and the question has it', () => {
    const postal: CanonicalQuestion = {
      id: 'postal_code',
      supportedCountries: null,
      answerType: 'single_choice',
      answers: [{ id: '91945' }, { id: '91950' }],
    }
    const to = { ...USA, questions: [...questions, postal] }
    expect(translate({ code: 229, conditions: ['91950'] }, to)).toEqual({
      questionId: 'postal_code',
      answers: ['91950'],
    })
    expect(translate({ code: 229, conditions: ['91950', '10001'] }, to)).toBeNull()
  })
})
