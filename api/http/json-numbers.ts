/** A number of a JSON text that changes when it is read as a double. */
export interface ChangedNumber {
  /** The path of its member, such as `quotas.0.target_completes`; '' = the body itself. */
  readonly field: string
  readonly literal: string
}

/** A quick test: a number without sixteen digits in a row and without an exponent cannot change. */
const SUSPICIOUS = /\d{16}|\d[eE]/
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/**
 * Finds the first number of a JSON text that a double would change: a whole number of more digits than a double holds
 * (9007199254740993), or one beyond its range (1e400). Decimals have the usual precision of JSON parsers.
 * @param json valid JSON
 */
export function changedNumber(json: string): ChangedNumber | null {
  if (!SUSPICIOUS.test(json)) return null
  /** The path to the current position: keys and list indexes. */
  const path: (string | number)[] = []
  /** True when the next text is a key. */
  let keyNext = false
  for (let at = 0; at < json.length; ) {
    const character = json[at]
    if (character === '"') {
      const end = endOfText(json, at)
      if (keyNext) path[path.length - 1] = String(JSON.parse(json.slice(at, end)))
      keyNext = false
      at = end
      continue
    }
    if (character === '{') {
      path.push('')
      keyNext = true
    } else if (character === '[') path.push(0)
    else if (character === '}' || character === ']') {
      path.pop()
      keyNext = false
    } else if (character === ',') {
      const place = path.at(-1)
      if (typeof place === 'number') path[path.length - 1] = place + 1
      else keyNext = true
    } else if (character === '-' || (character !== undefined && character >= '0' && character <= '9')) {
      NUMBER.lastIndex = at
      const literal = NUMBER.exec(json)?.[0] ?? character
      if (changes(literal)) return { field: path.join('.'), literal: literal.slice(0, 40) }
      at += literal.length
      continue
    }
    at += 1
  }
  return null
}

/** The position after the closing quote of the text that begins at `from`. */
function endOfText(json: string, from: number): number {
  let at = from + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

function changes(literal: string): boolean {
  const value = Number(literal)
  if (!Number.isFinite(value)) return true
  const given = digitsOf(literal)
  return given.exponent >= 0 && given.digits !== '' && !sameDigits(given, digitsOf(String(value)))
}

interface Digits {
  /** Without zeros at either end; '' = zero. */
  readonly digits: string
  /** The power of ten of the last digit; never negative for a whole number. */
  readonly exponent: number
}

function digitsOf(literal: string): Digits {
  const [, whole = '', fraction = '', power = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? []
  const all = `${whole}${fraction}`.replace(/^0+/, '')
  const digits = all.replace(/0+$/, '')
  return { digits, exponent: Number(power) - fraction.length + (all.length - digits.length) }
}

const sameDigits = (one: Digits, other: Digits): boolean =>
  one.digits === other.digits && one.exponent === other.exponent
