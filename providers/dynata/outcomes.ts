import { z } from 'zod'
import type { OutcomeReport, VerifiedArrival } from '../adapter.js'
import { ProviderError } from '../errors.js'
import type { DynataConnection } from './config.js'

const word = z.union([z.string(), z.number(), z.bigint()]).transform(String).pipe(z.string().min(1).max(256))

/** A decimal amount; nothing else is taken for one, so that a garbled chargeback is not taken for a payment. */
const AMOUNT = /^([+-]?)(\d{1,12}(?:\.\d{0,6})?|\.\d{1,6})$/

/**
 * What a callback or a return means (publisher guide, callback). `sub_id` is our session; the letter is read by the
 * connection's table, as it is spelled; a negative amount takes the complete back, whatever letter comes with it.
 * @throws ProviderError 'misread' without a session, a letter, or with an amount that is none
 */
export function readArrival(config: DynataConnection, arrival: VerifiedArrival): OutcomeReport {
  return arrival.route === 'return' ? readReturn(config, arrival) : readCallback(config, arrival)
}

function readReturn(config: DynataConnection, { fields }: VerifiedArrival): OutcomeReport {
  const route = config.returns
  if (!route) throw new ProviderError('misread', `connection ${config.id} has no returns configured`)
  const sessionId = required(fields, route.fields.session)
  const letter = required(fields, route.fields.outcome)
  return { correlate: { sessionId }, outcome: outcomeOf(route.outcomes, letter), word: letter, kind: 'outcome' }
}

function readCallback(config: DynataConnection, { fields }: VerifiedArrival): OutcomeReport {
  const route = config.postbacks
  if (!route) throw new ProviderError('misread', `connection ${config.id} has no postbacks configured`)
  const sessionId = required(fields, route.fields.session)
  const letter = required(fields, route.fields.outcome)
  const amount = optional(fields, route.fields.amount)
  const transactionId = optional(fields, route.fields.transaction)
  const shared = { correlate: { sessionId }, ...(transactionId === null ? {} : { transactionId }) }
  if (isChargeback(amount)) return { ...shared, outcome: 'REJECTED', word: `${letter} ${amount}`, kind: 'reversal' }
  return { ...shared, outcome: outcomeOf(route.outcomes, letter), word: letter, kind: 'outcome' }
}

function isChargeback(amount: string | null): boolean {
  if (amount === null || amount.trim() === '') return false
  const read = AMOUNT.exec(amount.trim())
  if (read === null) throw new ProviderError('misread', 'the amount is not a decimal number')
  return read[1] === '-' && /[1-9]/.test(amount)
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
