import { describe, expect, it } from 'vitest'
import type { VocabularyMapping } from '../../domain/mapping.js'
import { type CanonicalQuestion, CoverageTally, unmappedWords } from '../../domain/mapping-coverage.js'
import { money } from '../../domain/money.js'
import type { Clause, Quota, Survey } from '../../domain/survey.js'
import { evaluateClause } from '../../domain/targeting/clause.js'
import { expandProfile } from '../../domain/targeting/expand.js'
import { aSurvey } from '../support/surveys.js'

const CANONICAL: ReadonlyMap<string, CanonicalQuestion> = new Map(
  [
    { name: 'sex', answers: ['male', 'female'] },
    { name: 'age', answers: null },
    { name: 'postal_code', answers: null },
  ].map((one) => [one.name, one]),
)
const IDENTITY: VocabularyMapping = { identity: true, attributes: {} }
const TABLES: VocabularyMapping = {
  identity: false,
  attributes: {
    sex: { question: '1001007', answers: { '2000247': 'male' } },
    age: { question: '1001538', ranges: true, answers: { '2006352': '18-24' } },
    postal_code: { question: '1001042', prefixes: true },
  },
}

const missing = (clause: Clause, mapping: VocabularyMapping) =>
  unmappedWords(clause, mapping, CANONICAL).map(({ missing: what, answer }) => `${what} ${answer}`)

describe('unmappedWords', () => {
  it('lists what a mapping file does not reach, answer by answer', () => {
    expect(missing({ attribute: 't:1001007', answers: ['2000247', '2000246'] }, TABLES)).toEqual(['answer 2000246'])
    expect(missing({ attribute: 't:1001538', answers: ['2006352'], ranges: [{ from: 18, to: 34 }] }, TABLES)).toEqual(
      [],
    )
    expect(missing({ attribute: 't:1001042', prefixes: ['W1', 'SW'] }, TABLES)).toEqual([])
    expect(missing({ attribute: 't:9', answers: ['1'], ranges: [{ from: 1, to: 2 }] }, TABLES)).toEqual([
      'question 1',
      'question 1-2',
    ])
  })

  it('counts the gateway’s names as mapped, but not unknown ones', () => {
    expect(missing({ attribute: 'k:sex', answers: ['male', 'other'] }, IDENTITY)).toEqual(['answer other'])
    expect(missing({ attribute: 'k:age', ranges: [{ from: 18, to: 24 }] }, IDENTITY)).toEqual([])
    expect(missing({ attribute: 'k:smoker', answers: ['yes'] }, IDENTITY)).toEqual(['question yes'])
  })

  it('counts a word as mapped only where a panelist’s answer can reach it', () => {
    // compared with the match itself: a clause whose words are all mapped holds for some panelist
    const clauses: Clause[] = [
      { attribute: 't:1001007', answers: ['2000247'] },
      { attribute: 't:1001007', answers: ['2000246'] },
      { attribute: 't:1001538', answers: ['2006352'] },
      { attribute: 't:1001538', ranges: [{ from: 30, to: 31 }] },
      { attribute: 't:1001042', prefixes: ['SW1'] },
      { attribute: 't:7', answers: ['1'] },
    ]
    const profile = { sex: ['male', 'female'], postal_code: 'SW1A 1AA' }
    const people = [20, 30].map((age) => ({
      panelistId: 'p',
      country: 'USA',
      locale: null,
      dateOfBirth: null,
      profile: { ...profile, age },
    }))
    const vocabulary = { prefix: 't', provider: 't', mapping: TABLES }
    for (const clause of clauses) {
      const held = people.some(
        (one) => evaluateClause(clause, expandProfile(one, new Date('2026-01-01'), [vocabulary])) === 'yes',
      )
      expect(missing(clause, TABLES).length === 0, JSON.stringify(clause)).toBe(held)
    }
  })
})

describe('CoverageTally', () => {
  const quota = (quotaId: string, available: number | null, clauses: Clause[], given: Partial<Quota> = {}): Quota => ({
    quotaId,
    status: 'open',
    available,
    layers: clauses.map((clause) => ({ subQuotas: [{ clauses: [clause], available: null }] })),
    additionalQualifications: 0,
    ...given,
  })
  const of = (...surveys: Survey[]) => {
    const tally = new CoverageTally(TABLES, CANONICAL)
    for (const survey of surveys) tally.add(survey)
    return tally.result()
  }
  const unknown: Clause = { attribute: 't:7', answers: ['b', 'a'] }

  it('adds CPI x completes per currency', () => {
    const clauses = [unknown]
    const result = of(
      aSurvey({ clauses, price: money(150, 'USD'), availableCompletes: 10 }),
      aSurvey({ clauses, price: money(200, 'USD'), availableCompletes: 1 }),
      aSurvey({ clauses, price: money(90, 'GBP'), availableCompletes: 2 }),
      aSurvey({
        clauses: [{ attribute: 't:1001007', answers: ['2000247'] }],
        price: money(5, 'GBP'),
        availableCompletes: 3,
      }),
    )
    expect(result).toMatchObject({ surveys: 4, covered: 1 })
    expect(result.money).toEqual(
      new Map([
        ['USD', 1700n],
        ['GBP', 195n],
      ]),
    )
    expect(result.coveredMoney).toEqual(new Map([['GBP', 15n]]))
    expect(result.lines).toEqual([
      {
        attribute: 't:7',
        missing: 'question',
        answers: ['a', 'b'],
        answersMore: 0,
        surveys: 3,
        money: new Map([
          ['USD', 1700n],
          ['GBP', 180n],
        ]),
        uncounted: 0,
      },
    ])
  })

  it('counts a quota’s clause at the quota’s price, capped by the survey’s completes', () => {
    const [line] = of(
      aSurvey({
        price: money(100, 'USD'),
        availableCompletes: 10,
        quotas: [
          quota('a', 4, [unknown], { price: money(150, 'USD') }),
          quota('b', 7, [unknown]),
          quota('c', 9, [{ attribute: 't:1001007', answers: ['2000247'] }]),
        ],
      }),
    ).lines
    // 4 x 150 + 7 x 100 would be more than 10 x 100
    expect(line?.money).toEqual(new Map([['USD', 1000n]]))
    const [small] = of(
      aSurvey({ price: money(100, 'USD'), availableCompletes: 10, quotas: [quota('a', 4, [unknown])] }),
    ).lines
    expect(small?.money).toEqual(new Map([['USD', 400n]]))
  })

  it('counts no completes where the provider gives no number', () => {
    const [line] = of(aSurvey({ clauses: [unknown], availableCompletes: null })).lines
    expect(line).toMatchObject({ surveys: 1, uncounted: 1, money: new Map() })
  })

  it('has a line for every unmapped answer of a mapped question', () => {
    const clauses = [{ attribute: 't:1001007', answers: ['2000247', 'x', 'y'] }]
    expect(
      of(
        aSurvey({ clauses }),
        aSurvey({ clauses: [{ ...clauses[0], attribute: 't:1001007', answers: ['x'] }] }),
      ).lines.map(({ answers, surveys }) => [answers, surveys]),
    ).toEqual([
      [['x'], 2],
      [['y'], 1],
    ])
  })
})
