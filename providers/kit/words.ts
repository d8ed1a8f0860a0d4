import type { ReportedOutcome } from '../../domain/outcome.js'
import type { Reason } from '../../domain/reason.js'

/** One word or code of a provider's own: a line of its table. */
export interface Word {
  /** As the provider spells it. */
  readonly code: string
  /** The provider's name of a number; absent where the word is its own name, or no page gives one. */
  readonly name?: string
  /** Null = a code that is named in public and whose meaning for a session is not: kept, ERROR, looked at by a person. */
  readonly outcome: ReportedOutcome | null
  readonly reason: Reason
  /** Where its meaning was read: a public page or the provider's document. */
  readonly source: string
}

/** The table as an arrival route takes it: word -> outcome, without the words that a person has to look at. */
export function outcomesOf(words: readonly Word[]): Record<string, ReportedOutcome> {
  return Object.fromEntries(words.flatMap(({ code, outcome }) => (outcome === null ? [] : [[code, outcome]])))
}

/** The reason that a word gives, compared as it is spelled; null for a word that is not in the table. */
export function reasonOf(words: readonly Word[], spoken: string): Reason | null {
  return words.find(({ code }) => code === spoken)?.reason ?? null
}
