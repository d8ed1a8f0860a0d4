import type { KnownAttribute } from './known-attribute.js'

/** Longer words are not compared, because they are not typing errors. */
const LONGEST_COMPARED = 40

/** Common names of attributes, folded -> the canonical name. */
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

/** Common words for answers, folded -> the canonical answer. */
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

/** The most similar attribute of an unknown name; null = none is similar. */
export function likelyAttribute(name: string, known: ReadonlyMap<string, KnownAttribute>): KnownAttribute | null {
  if (name.length > LONGEST_COMPARED) return null
  const folded = fold(name)
  const other = Object.hasOwn(OTHER_NAMES, folded) ? known.get(OTHER_NAMES[folded] ?? '') : undefined
  return other ?? [...known.values()].find(({ id }) => isAlike(folded, fold(id))) ?? null
}

/**
 * The canonical answer that a word likely means: another case, the answer's text, a provider's code, or a typing error.
 * @param codes providers' codes of this attribute -> our answers
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

/** Removes case and everything except letters and digits. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** True for folded words that are equal or differ in one letter. Words below 4 letters must be equal. */
function isAlike(left: string, right: string): boolean {
  if (left === right) return left !== ''
  if (Math.min(left.length, right.length) < 4 || Math.abs(left.length - right.length) > 1) return false
  let start = 0
  while (start < left.length && left[start] === right[start]) start += 1
  const [one, two] = [left.slice(start), right.slice(start)]
  return one.slice(1) === two.slice(1) || one.slice(1) === two || one === two.slice(1)
}
