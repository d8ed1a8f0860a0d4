import { describe, expect, test } from 'vitest'
import { REASONS } from '../../domain/reason.js'
import { ERROR_CODES } from '../../providers/dynata/error-codes.js'
import { DYNATA_WORDS } from '../../providers/dynata/words.js'
import { KANTAR_WORDS } from '../../providers/kantar/words.js'
import { shippedVocabulary } from '../../providers/kit/shipped-vocabulary.js'
import { outcomesOf, type Word } from '../../providers/kit/words.js'
import { PURESPECTRUM_WORDS } from '../../providers/purespectrum/words.js'
import { KNOWN_RESULT_CODES, resultCode } from '../../providers/toluna/result-codes.js'
import { REJECTIONS, TOLUNA_WORDS, tolunaReason } from '../../providers/toluna/words.js'
import {
  DYNATA,
  DYNATA_ERROR_CODES,
  KANTAR,
  meaningful,
  PURESPECTRUM,
  type PublicWords,
  TOLUNA,
  TOLUNA_REJECTIONS,
  TOLUNA_RESULT_CODES,
} from './public-words.js'

const TABLES: readonly [name: string, table: readonly Word[], pages: PublicWords][] = [
  ['kantar', KANTAR_WORDS, KANTAR],
  ['toluna', TOLUNA_WORDS, TOLUNA],
  ['purespectrum', PURESPECTRUM_WORDS, PURESPECTRUM],
  ['dynata', DYNATA_WORDS, DYNATA],
]

describe.each(TABLES)('the words of %s', (_name, table, pages) => {
  test('are exactly those of its public pages, each with its outcome', () => {
    expect(Object.fromEntries(table.map(({ code, outcome }) => [code, outcome]))).toEqual(pages)
    expect(outcomesOf(table)).toEqual(meaningful(pages))
  })

  test('each have one line, a reason and a source', () => {
    expect(new Set(table.map(({ code }) => code)).size).toBe(table.length)
    for (const { code, reason, source } of table) {
      expect(REASONS, code).toContain(reason)
      expect(source, code).toMatch(/\w{4,}/)
    }
  })

  test('have the reason completed for COMPLETED only', () => {
    for (const { code, outcome, reason } of table)
      expect([code, reason === 'completed']).toEqual([code, outcome === 'COMPLETED'])
  })
})

test('our own reasons are unique', () => {
  expect(new Set(REASONS).size).toBe(REASONS.length)
})

describe('the codes of Toluna, in addition to its words', () => {
  test('have every rejection of the public pages', () => {
    expect(REJECTIONS.map(({ id }) => id)).toEqual(TOLUNA_REJECTIONS)
    for (const { id, reason, name, source } of REJECTIONS) {
      expect(REASONS, String(id)).toContain(reason)
      expect([name, source].every((text) => text.length > 3)).toBe(true)
    }
  })

  test('have every result code of the public pages', () => {
    expect([...KNOWN_RESULT_CODES]).toEqual(TOLUNA_RESULT_CODES)
    for (const code of KNOWN_RESULT_CODES) expect(REASONS, String(code)).toContain(resultCode(code).reason)
  })

  test('give a finer reason than the word, and an unknown one gives the word’s', () => {
    expect(tolunaReason('NotQualified', '97')).toBe('fraud_suspected')
    expect(tolunaReason('notqualified', null)).toBe('screened_out')
    expect(tolunaReason('NotQualified', '99999')).toBe('screened_out')
    expect(tolunaReason('Abducted', null)).toBeNull()
  })
})

test('the error codes of a Dynata match are the twelve of its document', () => {
  expect(Object.keys(ERROR_CODES)).toEqual(DYNATA_ERROR_CODES)
})

test('the shipped attribute codes are those of the public pages', () => {
  // Toluna, Common Attributes, Gender; PureSpectrum, wiki 96927974
  expect(shippedVocabulary('toluna').attributes.sex?.answers).toEqual({ 2000246: 'female', 2000247: 'male' })
  expect(shippedVocabulary('purespectrum').attributes.device).toMatchObject({
    question: '219',
    answers: { 111: 'desktop', 112: 'mobile', 113: 'tablet' },
  })
})
