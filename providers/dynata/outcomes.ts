import { z } from 'zod'
import type { OutcomeReport, VerifiedArrival } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { reasonOf } from '../kit/words.js'
import type { DynataConnection } from './config.js'
import { DYNATA_WORDS } from './words.js'

const word = z.union([z.string(), z.number(), z.bigint()]).transform(String).pipe(z.string().min(1).max(256))

/**
 * A number as any program writes one, with an exponent or a float's rounding digits (1.2000000000000002): only its sign
 * is used. Anything else is refused, so that a garbled chargeback does not count as a payment.
 */
const AMOUNT = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i

/**
 * What a callback or a return means (publisher guide, callback). `sub_id` is our session; the connection's table reads
 * the letter as it is spelled; a negative amount takes the complete back, with any letter.
 * @throws ProviderError 'misread' without a session or a letter, or with an invalid amount
 */
export function readArrival(config: DynataConnection, arrival: VerifiedArrival): OutcomeReport {
  return arrival.route === 'return' ? readReturn(config, arrival) : readCallback(config, arrival)
}

function readReturn(config: DynataConnection, { fields }: VerifiedArrival): OutcomeReport {
  const route = config.returns
  if (!route) throw new ProviderError('misread', `connection ${config.id} has no returns configured`)
  const sessionId = required(fields, route.fields.session)
  const letter = required(fields, route.fields.outcome)
  const outcome = outcomeOf(route.outcomes, letter)
  return { correlate: { sessionId }, outcome, word: letter, ...why(letter), kind: 'outcome' }
}

function readCallback(config: DynataConnection, { fields }: VerifiedArrival): OutcomeReport {
  const route = config.postbacks
  if (!route) throw new ProviderError('misread', `connection ${config.id} has no postbacks configured`)
  const sessionId = required(fields, route.fields.session)
  const letter = required(fields, route.fields.outcome)
  const amount = optional(fields, route.fields.amount)
  const transactionId = optional(fields, route.fields.transaction)
  const shared = { correlate: { sessionId }, ...(transactionId === null ? {} : { transactionId }) }
  if (isChargeback(amount)) {
    const word = `${letter} ${amount}`
    return { ...shared, outcome: 'REJECTED', word, reason: 'client_rejected', kind: 'reversal' }
  }
  return { ...shared, outcome: outcomeOf(route.outcomes, letter), word: letter, ...why(letter), kind: 'outcome' }
}

function isChargeback(amount: string | null): boolean {
  if (amount === null || amount.trim() === '') return false
  const read = AMOUNT.exec(amount.trim())
  if (read === null) throw new ProviderError('misread', 'the amount is not a number')
  const [digits = ''] = (read[2] ?? '').split(/e/i)
  return read[1] === '-' && /[1-9]/.test(digits)
}

function why(letter: string): Pick<OutcomeReport, 'reason'> {
  const reason = reasonOf(DYNATA_WORDS, letter)
  return reason === null ? {} : { reason }
}

function outcomeOf<Outcome>(outcomes: Readonly<Record<string, Outcome>>, letter: string): Outcome | null {
  return Object.hasOwn(outcomes, letter) ? (outcomes[letter] ?? null) : null
}

function required(fields: VerifiedArrival['fields'], name: string): string {
  const value = optional(fields, name)
  if (value === null) throw new ProviderError('misread', `the arrival came without "${name}"`)
  return value
}

function optional(fields: VerifiedArrival['fields'], name: string): string | null {
  if (!Object.hasOwn(fields, name)) return null
  const read = word.safeParse(fields[name])
  return read.success ? read.data : null
}
