import type { KnownAttribute } from './known-attribute.js'

/** Longer words are no slips of the pen, and are not compared. */
const LONGEST_COMPARED = 40

/** What people call attributes, folded -> the canonical name. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  gender: 'sex',
  dob: 'date_of_birth',
  birthdate: 'date_of_birth',
  birthday: 'date_of_birth',
  birth: 'date_of_birth',
  years: 'age',
  zip: 'postal_code',
  zipcode: 'postal_code',
  postcode: 'postal_code',
  postal: 'postal_code',
  state: 'region',
  animals: 'pets',
}

/** What people call answers, folded -> the words that the canonical answer has. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  // ISO/IEC 5218
  1: 'male',
  2: 'female',
  m: 'male',
  man: 'male',
  boy: 'male',
  f: 'female',
  w: 'female',
  woman: 'female',
  girl: 'female',
  no: 'none',
}

/** The attribute that is likely meant by a name nothing knows; null = none is like it. */
export function likelyAttribute(name: string, known: ReadonlyMap<string, KnownAttribute>): KnownAttribute | null {
  if (name.length > LONGEST_COMPARED) return null
  const folded = fold(name)
  const other = Object.hasOwn(OTHER_NAMES, folded) ? known.get(OTHER_NAMES[folded] ?? '') : undefined
  return other ?? [...known.values()].find(({ id }) => isAlike(folded, fold(id))) ?? null
}

/**
 * The canonical answer that is likely meant by a word: another case, the answer's text, a provider's own code, or a slip.
 * @param codes what providers' codes of this attribute mean
 */
export function likelyAnswer(
  word: string,
  { answers = [] }: KnownAttribute,
  codes: ReadonlyMap<string, string>,
): string | null {
  if (word.length > LONGEST_COMPARED) return null
  const folded = fold(word)
  const same = answers.find(({ id, text }) => fold(id) === folded || fold(text) === folded)
  if (same !== undefined) return same.id
  const code = codes.get(word)
  if (code !== undefined && answers.some(({ id }) => id === code)) return code
  const meant = Object.hasOwn(OTHER_WORDS, folded) ? OTHER_WORDS[folded] : undefined
  if (meant !== undefined && answers.some(({ id }) => id === meant)) return meant
  return answers.find(({ id, text }) => isAlike(folded, fold(id)) || isAlike(folded, fold(text)))?.id ?? null
}

/** Case, blanks, dashes and brackets aside. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** True for words that differ in one letter, the same after folding included. Words below 4 letters must be equal. */
function isAlike(left: string, right: string): boolean {
  if (left === right) return left !== ''
  if (Math.min(left.length, right.length) < 4 || Math.abs(left.length - right.length) > 1) return false
  let start = 0
  while (start < left.length && left[start] === right[start]) start += 1
  const [one, two] = [left.slice(start), right.slice(start)]
  return one.slice(1) === two.slice(1) || one.slice(1) === two || one === two.slice(1)
}
