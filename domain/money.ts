import { digitsOf } from './currency-digits.js'

/**
 * An amount in integer minor units (cents, pence) of one ISO 4217 currency. Never a float, never without its currency.
 */
export interface Money {
  readonly amountMinor: bigint
  readonly currency: string
}

/** Makes a Money from minor units. Throws RangeError when the currency is not three capital letters. */
export function money(amountMinor: bigint | number, currency: string): Money {
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`currency must be an ISO 4217 code, got "${currency}"`)
  return { amountMinor: BigInt(amountMinor), currency }
}

/**
 * How many decimal digits the minor unit of a currency has: USD 2, JPY 0, KWD 3 (ISO 4217, on every runtime). An
 * unknown code counts as one with two digits: inputs with such a code are refused, but amounts that were stored earlier
 * stay readable.
 */
export function minorDigits(currency: string): number {
  return digitsOf(currency) ?? 2
}

/** Like `minorDigits`, for inputs. @throws RangeError when ISO 4217 gives the currency no minor unit */
function knownDigits(currency: string): bigint {
  const digits = digitsOf(currency)
  if (digits === null)
    throw new RangeError(`currency must be an ISO 4217 code with a minor unit such as USD, got "${currency}"`)
  return BigInt(digits)
}

/**
 * Divides integers and rounds half to even. Money is rounded only here.
 * @param numerator any integer
 * @param denominator a positive integer; RangeError otherwise
 */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError('denominator must be positive')
  const negative = numerator < 0n
  const absolute = negative ? -numerator : numerator
  const quotient = absolute / denominator
  const twice = (absolute % denominator) * 2n
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n)
  const rounded = up ? quotient + 1n : quotient
  return negative ? -rounded : rounded
}

/**
 * Reads a decimal text such as "3.75" or "-12" in major units without passing through a float. Digits beyond the
 * currency's minor unit are rounded half-even.
 * @throws RangeError when the text is not a plain decimal number, or the currency is not in ISO 4217
 */
export function parseMoney(text: string, currency: string): Money {
  const match = /^([+-]?)(\d{1,18})(?:\.(\d{0,18}))?$/.exec(text.trim())
  if (!match) throw new RangeError(`"${text}" is not a decimal amount such as 3.75`)
  const [, sign, whole = '0', fraction = ''] = match
  const scaled = BigInt(whole + fraction) * 10n ** knownDigits(currency)
  const amount = divideHalfEven(scaled, 10n ** BigInt(fraction.length))
  return money(sign === '-' ? -amount : amount, currency)
}

/** Writes minor units as a decimal text in major units: 250 USD -> "2.50", 250 JPY -> "250". */
export function formatAmount(value: Money): string {
  const digits = minorDigits(value.currency)
  const negative = value.amountMinor < 0n
  const text = (negative ? -value.amountMinor : value.amountMinor).toString().padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const decimal = digits === 0 ? whole : `${whole}.${text.slice(text.length - digits)}`
  return negative ? `-${decimal}` : decimal
}

/**
 * Whole currency units (Kantar's pricing unit "main", Kantar Gateway API, Pricing) as Money.
 * @param units an integer count of major units
 * @throws RangeError when the currency is not in ISO 4217
 */
export function fromMajorUnits(units: bigint | number, currency: string): Money {
  return money(BigInt(units) * 10n ** knownDigits(currency), currency)
}
