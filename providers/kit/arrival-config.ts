import { z } from 'zod'
import { OUTCOMES, PENDING, type ReportedOutcome } from '../../domain/outcome.js'
import { fieldNotes } from '../../platform/config/field-notes.js'
import { oneOf, text } from '../../platform/config/fields.js'
import { absent, section } from '../../platform/config/sections.js'
import { verification } from '../../platform/config/verification-schema.js'
import { canCover, type Naming } from '../../platform/verification/covering.js'

/** What an arrival route of a provider is unless the configuration changes it. */
export interface ArrivalDefaults<Field extends string> {
  /** Our name of a field -> the provider's. */
  readonly fields: Readonly<Record<Field, string>>
  /**
   * The provider's word -> our outcome, or PENDING if the session stays open. Absent = the arrival carries no outcome
   * word.
   */
  readonly outcomes?: Readonly<Record<string, ReportedOutcome>>
  /** True when the words are compared without case. */
  readonly wordsIgnoreCase?: boolean
  /** What to do with an arrival that has no signature parameter. */
  readonly unsigned?: UnsignedPolicy
  /** The sets of fields, each of which alone names the session. Absent = the arrival is not about a session. */
  readonly named?: readonly (readonly NoInfer<Field>[])[]
  /** The provider's names of other fields that may name it: an echo of our own id. */
  readonly echoes?: readonly string[]
}

const NOT_CARRIED = 'not in this arrival'

const UNSIGNED = ['refuse', 'not_completed'] as const
/**
 * `not_completed`: an arrival without a signature is accepted at E0 when its outcome is not COMPLETED
 * (docs/configuration.md, "How arrivals are read").
 */
export type UnsignedPolicy = (typeof UNSIGNED)[number]

/**
 * The schema of one arrival route. After parsing, `fields` has the provider's name of every field, and `outcomes` every
 * known word; if words are compared without case, they are lower case.
 */
export function arrivalConfig<Field extends string>(defaults: ArrivalDefaults<Field>) {
  const names = Object.keys(defaults.fields) as Field[]
  const usual = (name: string) => ({
    otherwise: names.map((one) => (one === name ? defaults.fields[one] : '')).join('') || NOT_CARRIED,
  })
  const spelled = (word: string) => (defaults.wordsIgnoreCase ? word.toLowerCase() : word)

  return section({
    verify: verification,
    unsigned: oneOf(UNSIGNED).prefault(defaults.unsigned ?? 'refuse'),
    session: absent(text('session_id')).register(fieldNotes, usual('session')),
    outcome: absent(text('outcome')).register(fieldNotes, usual('outcome')),
    amount: absent(text('amt')).register(fieldNotes, usual('amount')),
    fields: absent(z.record(z.string(), text('status'))).register(fieldNotes, {
      otherwise: `${names.map((name) => `${name}: ${defaults.fields[name]}`).join(', ')}`,
    }),
    outcomes: absent(z.record(z.string(), oneOf([...OUTCOMES, PENDING]))).register(fieldNotes, {
      otherwise: defaults.outcomes ? "the provider's usual words" : NOT_CARRIED,
    }),
  }).transform((given, context) => {
    const fields: Record<Field, string> = { ...defaults.fields }
    const complain = (key: string, message: string) => context.addIssue({ code: 'custom', message, path: [key] })

    for (const [key, theirs] of Object.entries(given.fields ?? {})) {
      // The key may be our name of the field or the provider's usual one.
      const name = names.find((one) => one === key) ?? names.find((one) => defaults.fields[one] === key)
      if (name === undefined)
        context.addIssue({
          code: 'custom',
          message: `unknown field; this arrival has ${names.join(', ')}`,
          path: ['fields', key],
        })
      else fields[name] = theirs
    }
    for (const key of ['session', 'outcome', 'amount'] as const) {
      const theirs = given[key]
      if (theirs === null) continue
      const name = names.find((one) => one === key)
      if (name === undefined) complain(key, `this arrival has no ${key}; it has ${names.join(', ')}`)
      else fields[name] = theirs
    }
    if (!defaults.outcomes && Object.keys(given.outcomes ?? {}).length > 0)
      complain('outcomes', 'this arrival carries no outcome word')

    const naming: Naming = {
      sets: (defaults.named ?? []).map((set) => set.map((name) => fields[name])),
      hints: defaults.echoes ?? [],
    }
    if (!canCover(given.verify, naming)) {
      const [first = []] = naming.sets
      const wanted = naming.sets.map((set) => set.join(' and ')).join(', or ')
      context.addIssue({
        code: 'custom',
        message: `over must include the fields that name the session (${wanted}), because otherwise one signature is valid for every session`,
        path: ['verify'],
        params: { example: `over: [${first.join(', ')}]` },
      })
    }

    const outcomes: Record<string, ReportedOutcome> = Object.create(null)
    for (const [word, outcome] of Object.entries({ ...defaults.outcomes, ...given.outcomes }))
      outcomes[spelled(word)] = outcome
    return {
      verify: given.verify,
      unsigned: given.unsigned,
      fields,
      naming,
      outcomes: outcomes as Readonly<Record<string, ReportedOutcome>>,
    }
  })
}
