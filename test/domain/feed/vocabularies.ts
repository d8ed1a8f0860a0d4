import type { CanonicalAttribute } from '../../../domain/feed/canonical-attribute.js'
import { type Words, wordsOf } from '../../../domain/feed/translate-clause.js'
import type { VocabularyMapping } from '../../../domain/mapping.js'

const choice = (
  id: string,
  answerType: 'single_choice' | 'multi_punch',
  answers: readonly string[],
  supportedCountries: readonly string[] | null = null,
): CanonicalAttribute => ({ id, answerType, answers: answers.map((one) => ({ id: one })), supportedCountries })

/** The gateway's questions, as a configuration may have them; `income` has answers that look like ranges. */
export const ATTRIBUTES: readonly CanonicalAttribute[] = [
  { id: 'age', answerType: 'range', rangeLimits: { start: 16, end: 100 }, supportedCountries: null },
  choice('sex', 'single_choice', ['male', 'female'], ['USA', 'GBR']),
  choice('pets', 'multi_punch', ['1', '2', '5', '7'], ['USA']),
  choice('income', 'single_choice', ['0-20', '21-40', '41-60']),
]

export const KANTAR: VocabularyMapping = { identity: true, attributes: {} }

/** As shipped with the provider. */
export const TOLUNA: VocabularyMapping = {
  identity: false,
  attributes: {
    sex: { question: '1001007', answers: { '2000247': 'male', '2000246': 'female' } },
    age: {
      question: '1001538',
      ranges: true,
      answers: { '2006351': '13-17', '2006352': '18-24', '2006353': '25-29', '2006361': '65-130' },
    },
    postal_code: { question: '1001042', prefixes: true },
  },
}

export const PURESPECTRUM: VocabularyMapping = {
  identity: false,
  attributes: {
    sex: { question: '211', answers: { '111': 'male', '112': 'female' } },
    age: { question: '212', ranges: true },
    postal_code: { question: '229' },
  },
}

/** A mapping file that has age only as bands, and one word for two answers. */
export const COARSE: VocabularyMapping = {
  identity: false,
  attributes: {
    age: { question: 'A', answers: { young: '16-29', old: '30-100', unknown: 'will not say', '5': '18' } },
    pets: { question: 'P', answers: { cat: '1', dog: '2', bird: '7', parrot: '7' } },
    sex: { question: 'S', answers: { m: 'male' } },
  },
}

export const MAPPINGS = { kantar: KANTAR, toluna: TOLUNA, purespectrum: PURESPECTRUM, coarse: COARSE } as const
export type VocabularyName = keyof typeof MAPPINGS

export const WORDS = Object.fromEntries(
  Object.entries(MAPPINGS).map(([name, mapping]) => [name, wordsOf(mapping, ATTRIBUTES)]),
) as Record<VocabularyName, Words>
