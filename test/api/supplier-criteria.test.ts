import { describe, expect, test } from 'vitest'
import { CriteriaSpeaker } from '../../api/suppliers/criteria.js'
import type { VocabularyMapping } from '../../domain/mapping.js'
import type { Clause, Quota } from '../../domain/survey.js'
import { shippedVocabulary } from '../../providers/kit/shipped-vocabulary.js'

const speaker = new CriteriaSpeaker(shippedVocabulary('purespectrum'))
const SAME: VocabularyMapping = { identity: true, attributes: {} }
const TOLUNA: VocabularyMapping = {
  identity: false,
  attributes: {
    sex: { question: '1001007', answers: { '2000247': 'male', '2000246': 'female' } },
    age: { question: '1001538', ranges: true, answers: { '2006352': '18-24' } },
    postal_code: { question: '1001042', prefixes: true },
  },
}
const said = (clause: Clause, theirs = SAME) => speaker.clauses([clause], theirs)
const saying = (...criteria: object[]) => ({ criteria, unsaid: 0 })
const UNSAID = { criteria: [], unsaid: 1 }

describe('a clause in the codes of the PureSpectrum Supply API', () => {
  test.each<[string, Clause, VocabularyMapping, object]>([
    [
      'sex of the gateway',
      { attribute: 'gateway:sex', answers: ['female', 'male'] },
      SAME,
      saying({ qualification_code: 211, condition_codes: ['112', '111'] }),
    ],
    [
      'ages of the gateway, in years',
      { attribute: 'kantar:age', ranges: [{ from: 16, to: 40 }] },
      SAME,
      saying({ qualification_code: 212, range_sets: [{ from: 16, to: 40, units: 311 }] }),
    ],
    [
      'an age that is listed as an answer',
      { attribute: 'gateway:age', answers: ['33', '40-44'] },
      SAME,
      saying({
        qualification_code: 212,
        range_sets: [
          { from: 33, to: 33, units: 311 },
          { from: 40, to: 44, units: 311 },
        ],
      }),
    ],
    [
      'postal codes as they are',
      { attribute: 'gateway:postal_code', answers: ['91945', '10001'] },
      SAME,
      saying({ qualification_code: 229, condition_codes: ['91945', '10001'] }),
    ],
    [
      'the words of another provider',
      { attribute: 'toluna:1001007', answers: ['2000246'] },
      TOLUNA,
      saying({ qualification_code: 211, condition_codes: ['112'] }),
    ],
    [
      'an age band of another provider next to its ranges',
      { attribute: 'toluna:1001538', answers: ['2006352'], ranges: [{ from: 30, to: 39 }] },
      TOLUNA,
      saying({
        qualification_code: 212,
        range_sets: [
          { from: 30, to: 39, units: 311 },
          { from: 18, to: 24, units: 311 },
        ],
      }),
    ],
    [
      'their own words as they are, known to us or not',
      { attribute: 'purespectrum:219', answers: ['112', '113'] },
      { identity: false, attributes: {} },
      saying({ qualification_code: 219, condition_codes: ['112', '113'] }),
    ],
    ['a question without a code', { attribute: 'gateway:pets', answers: ['2'] }, SAME, UNSAID],
    ['one answer among others without a code', { attribute: 'gateway:sex', answers: ['male', 'x'] }, SAME, UNSAID],
    ['a question without a mapping', { attribute: 'toluna:777', answers: ['1'] }, TOLUNA, UNSAID],
    ['one answer without a mapping', { attribute: 'toluna:1001007', answers: ['2000247', '9'] }, TOLUNA, UNSAID],
    [
      'prefixes, which no list of whole words replaces',
      { attribute: 'toluna:1001042', prefixes: ['SW1'] },
      TOLUNA,
      UNSAID,
    ],
    ['whole words of a prefix question', { attribute: 'toluna:1001042', answers: ['SW1'] }, TOLUNA, UNSAID],
    ['a list that was cut', { attribute: 'gateway:postal_code', answers: ['1'], truncated: true }, SAME, UNSAID],
    ['a range where there are only codes', { attribute: 'gateway:sex', ranges: [{ from: 1, to: 2 }] }, SAME, UNSAID],
  ])('%s', (_name, clause, theirs, expected) => {
    expect(said(clause, theirs)).toEqual(expected)
  })
})

describe('a quota', () => {
  const male: Clause = { attribute: 'toluna:1001007', answers: ['2000247'] }
  const young: Clause = { attribute: 'toluna:1001538', answers: ['2006352'] }
  const quota = (layers: Quota['layers']): Quota => ({
    quotaId: 'q',
    status: 'open',
    available: 5,
    layers,
    additionalQualifications: 0,
  })
  const group = (available: number | null, ...clauses: Clause[]) => ({ clauses, available })

  test('is described where each layer is one group of people', () => {
    const flat = quota([{ subQuotas: [group(null, male)] }, { subQuotas: [group(3, young)] }])
    expect(speaker.quota(flat, TOLUNA)).toEqual(
      saying(
        { qualification_code: 211, condition_codes: ['111'] },
        { qualification_code: 212, range_sets: [{ from: 18, to: 24, units: 311 }] },
      ),
    )
  })

  test('counts a layer with several groups, and ignores full ones', () => {
    const choice = quota([{ subQuotas: [group(1, male), group(2, young)] }])
    expect(speaker.quota(choice, TOLUNA)).toEqual(UNSAID)
    const left = quota([{ subQuotas: [group(0, male), group(2, young)] }])
    expect(speaker.quota(left, TOLUNA)).toMatchObject({ criteria: [{ qualification_code: 212 }], unsaid: 0 })
  })
})

describe('the devices of a survey in the codes of the PureSpectrum Supply API', () => {
  test.each<[string[] | null, object[]]>([
    [['mobile', 'tablet'], [{ qualification_code: 219, condition_codes: ['112', '113'] }]],
    [['desktop'], [{ qualification_code: 219, condition_codes: ['111'] }]],
    [[], []],
    [null, []],
  ])('%j', (devices, criteria) => {
    expect(speaker.devices(devices)).toEqual(criteria)
  })
})
