import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { translateClause, wordsOf } from '../../../domain/feed/translate-clause.js'
import type { Profile } from '../../../domain/panelist.js'
import type { Clause, NumberRange } from '../../../domain/survey.js'
import { evaluateClause } from '../../../domain/targeting/clause.js'
import { expandProfile } from '../../../domain/targeting/expand.js'
import { ATTRIBUTES, KANTAR, MAPPINGS, type VocabularyName, WORDS } from './vocabularies.js'

interface Case {
  readonly teaches: string
  readonly of: VocabularyName
  /** [USA] */
  readonly country?: string
  readonly given: Clause
  /** Null = it cannot be translated. */
  readonly expect: Clause | null
}

const range = (from: number, to: number): NumberRange => ({ from, to })

const CASES: readonly Case[] = [
  {
    teaches: "Kantar's range is text and number, and is translated once",
    of: 'kantar',
    given: { attribute: 'kantar:age', answers: ['16-40'], ranges: [range(16, 40)] },
    expect: { attribute: 'age', ranges: [range(16, 40)] },
  },
  {
    teaches: "Kantar's single year",
    of: 'kantar',
    given: { attribute: 'kantar:age', answers: ['21'] },
    expect: { attribute: 'age', ranges: [range(21, 21)] },
  },
  {
    teaches: "Kantar's choice is the gateway's",
    of: 'kantar',
    given: { attribute: 'kantar:pets', answers: ['2', '7'] },
    expect: { attribute: 'pets', answers: ['2', '7'] },
  },
  {
    teaches: 'an answer id that looks like a range stays an answer',
    of: 'kantar',
    given: { attribute: 'kantar:income', answers: ['21-40'], ranges: [range(21, 40)] },
    expect: { attribute: 'income', answers: ['21-40'] },
  },
  {
    teaches: 'an answer that the gateway does not have makes the clause untranslatable',
    of: 'kantar',
    given: { attribute: 'kantar:pets', answers: ['2', '99'] },
    expect: null,
  },
  {
    teaches: 'a question that the gateway does not have',
    of: 'kantar',
    given: { attribute: 'kantar:hobbies', answers: ['1'] },
    expect: null,
  },
  {
    teaches: 'a question that the country does not have',
    of: 'kantar',
    country: 'GBR',
    given: { attribute: 'kantar:pets', answers: ['2'] },
    expect: null,
  },
  {
    teaches: 'a question that the country has',
    of: 'kantar',
    country: 'GBR',
    given: { attribute: 'kantar:sex', answers: ['male'] },
    expect: { attribute: 'sex', answers: ['male'] },
  },
  {
    teaches: "Toluna's answer codes",
    of: 'toluna',
    given: { attribute: 'toluna:1001007', answers: ['2000246'] },
    expect: { attribute: 'sex', answers: ['female'] },
  },
  {
    teaches: "Toluna's age codes are bands, cut to what the gateway asks",
    of: 'toluna',
    given: { attribute: 'toluna:1001538', answers: ['2006351', '2006352', '2006361'] },
    expect: { attribute: 'age', ranges: [range(16, 17), range(18, 24), range(65, 100)] },
  },
  {
    teaches: "Toluna's age values are ranges already",
    of: 'toluna',
    given: { attribute: 'toluna:1001538', ranges: [range(18, 130)] },
    expect: { attribute: 'age', ranges: [range(18, 100)] },
  },
  {
    teaches: 'an age outside the gateway’s limits',
    of: 'toluna',
    given: { attribute: 'toluna:1001538', ranges: [range(3, 12)] },
    expect: null,
  },
  {
    teaches: 'an unmapped code next to ranges',
    of: 'toluna',
    given: { attribute: 'toluna:1001538', answers: ['2009999'], ranges: [range(18, 24)] },
    expect: null,
  },
  {
    teaches: 'the gateway has no question for postal codes',
    of: 'toluna',
    given: { attribute: 'toluna:1001042', prefixes: ['SW1', 'W1'], truncated: true },
    expect: null,
  },
  {
    teaches: 'a routable question of Toluna is translated too',
    of: 'toluna',
    given: { attribute: 'toluna:1001007', answers: ['2000247'], routable: true },
    expect: { attribute: 'sex', answers: ['male'] },
  },
  {
    teaches: "PureSpectrum's condition codes",
    of: 'purespectrum',
    given: { attribute: 'purespectrum:211', answers: ['111', '112'] },
    expect: { attribute: 'sex', answers: ['male', 'female'] },
  },
  {
    teaches: "PureSpectrum's range sets",
    of: 'purespectrum',
    given: { attribute: 'purespectrum:212', ranges: [range(18, 35), range(40, 45)] },
    expect: { attribute: 'age', ranges: [range(18, 35), range(40, 45)] },
  },
  {
    teaches: "PureSpectrum's codes without a meaning",
    of: 'purespectrum',
    given: { attribute: 'purespectrum:215', answers: ['111'] },
    expect: null,
  },
  {
    teaches: 'an answer of theirs without a mapping',
    of: 'coarse',
    given: { attribute: 'x:S', answers: ['m', 'f'] },
    expect: null,
  },
  {
    teaches: 'two words of theirs for one answer of ours',
    of: 'coarse',
    given: { attribute: 'x:P', answers: ['parrot', 'dog'] },
    expect: { attribute: 'pets', answers: ['2', '7'] },
  },
  {
    teaches: 'a band is a range; a code that stands for a number is that number',
    of: 'coarse',
    given: { attribute: 'x:A', answers: ['young', '5'] },
    expect: { attribute: 'age', ranges: [range(16, 29), range(18, 18)] },
  },
  {
    teaches: 'a code that stands for no number',
    of: 'coarse',
    given: { attribute: 'x:A', answers: ['young', 'unknown'] },
    expect: null,
  },
  {
    teaches: 'ranges where only bands are mapped',
    of: 'coarse',
    given: { attribute: 'x:A', ranges: [range(16, 20)] },
    expect: null,
  },
  {
    teaches: 'half years are not whole numbers',
    of: 'kantar',
    given: { attribute: 'kantar:age', ranges: [{ from: 18.5, to: 30 }] },
    expect: null,
  },
]

describe('a clause in the gateway’s questions', () => {
  it.each(CASES)('$of: $teaches', ({ of, country = 'USA', given, expect: wanted }) => {
    expect(translateClause(given, WORDS[of], country)).toEqual(wanted)
  })

  it('is not translated when two of our questions are mapped to its question', () => {
    const mapping = { identity: false, attributes: { sex: { question: 'Q' }, income: { question: 'Q' } } }
    expect(translateClause({ attribute: 'x:Q', answers: ['male'] }, wordsOf(mapping, ATTRIBUTES), 'USA')).toBeNull()
  })

  it('holds for exactly the same panelists as the original', () => {
    fc.assert(
      fc.property(spoken, profiles, ([name, clause], profile) => {
        const translated = translateClause(clause, WORDS[name], 'USA')
        if (translated === null) return
        const panelist = { panelistId: 'p', country: 'USA', locale: null, dateOfBirth: null, profile }
        const [theirs, ours] = [MAPPINGS[name], KANTAR].map((mapping) =>
          expandProfile(panelist, new Date(0), [{ prefix: 'x', provider: 'x', mapping }]),
        )
        const holds = evaluateClause(clause, theirs ?? new Map()) === 'yes'
        const holdsHere =
          evaluateClause({ ...translated, attribute: `x:${translated.attribute}` }, ours ?? new Map()) === 'yes'
        expect(holdsHere).toBe(holds)
      }),
      { numRuns: 5_000 },
    )
  })

  it('has that property tested on translatable and untranslatable clauses of each vocabulary', () => {
    const sample = fc.sample(spoken, { numRuns: 2_000, seed: 1 })
    for (const name of NAMES) {
      const tried = sample.filter(([one]) => one === name)
      const said = tried.filter(([, clause]) => translateClause(clause, WORDS[name], 'USA') !== null)
      expect(said.length).toBeGreaterThan(40)
      expect(tried.length - said.length).toBeGreaterThan(40)
    }
  })
})

const NAMES = Object.keys(MAPPINGS) as VocabularyName[]

/** Clauses of each vocabulary: a question, and answers most of which are mapped. */
const ASKED: Readonly<Record<VocabularyName, readonly (readonly [question: string, answers: readonly string[]])[]>> = {
  kantar: [
    ['age', ['18', '21', '16-40']],
    ['sex', ['male', 'female', 'other']],
    ['pets', ['1', '2', '5', '7', '99']],
    ['income', ['0-20', '21-40', '41-60']],
  ],
  toluna: [
    ['1001007', ['2000247', '2000246', '2000248']],
    ['1001538', ['2006351', '2006352', '2006361', '25', '2009999']],
  ],
  purespectrum: [
    ['211', ['111', '112', '113']],
    ['212', ['30', '31', '100', '101']],
    ['229', ['10001']],
  ],
  coarse: [
    ['A', ['young', 'old', 'unknown', '5']],
    ['P', ['cat', 'dog', 'bird', 'parrot', 'snake']],
    ['S', ['m', 'f']],
  ],
}

const bound = fc.integer({ min: 0, max: 130 })
const ranges = fc.array(
  fc.tuple(bound, bound).map(([one, other]) => range(Math.min(one, other), Math.max(one, other))),
  { maxLength: 2 },
)

/** A vocabulary, and any clause in it. */
const spoken: fc.Arbitrary<[VocabularyName, Clause]> = fc
  .constantFrom(...NAMES)
  .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...ASKED[name])))
  .chain(([name, [question, answers]]) =>
    fc.tuple(
      fc.constant(name),
      fc
        .record({ answers: fc.subarray([...answers]), ranges, asText: fc.boolean(), routable: fc.boolean() })
        .filter((given) => given.answers.length + given.ranges.length > 0)
        .map((given): Clause => {
          const texts = given.asText ? given.ranges.map(({ from, to }) => `${from}-${to}`) : []
          const all = [...given.answers, ...texts]
          return {
            attribute: `x:${question}`,
            ...(all.length > 0 ? { answers: all } : {}),
            ...(given.ranges.length > 0 ? { ranges: given.ranges } : {}),
            ...(given.routable ? { routable: true } : {}),
          }
        }),
    ),
  )

/** A panelist who answers the gateway's questions, or leaves some out. */
const profiles: fc.Arbitrary<Profile> = fc.record(
  {
    age: fc.integer({ min: 16, max: 100 }),
    sex: fc.constantFrom('male', 'female'),
    pets: fc.subarray(['1', '2', '5', '7'], { minLength: 1 }).map((answers) => answers.join('|')),
    income: fc.constantFrom('0-20', '21-40', '41-60'),
  },
  { requiredKeys: [] },
)
