import type { ReportedOutcome } from '../../domain/outcome.js'
import type { Reason } from '../../domain/reason.js'

/** One word or code of a provider: a line of its table. */
export interface Word {
  /** As the provider spells it. */
  readonly code: string
  /** The provider's name of a number; absent if the word is its own name, or if no page gives one. */
  readonly name?: string
  /** Null = a public code without a documented meaning for a session: stored, ERROR, needs review. */
  readonly outcome: ReportedOutcome | null
  readonly reason: Reason
  /** The source of its meaning: a public page or the provider's document. */
  readonly source: string
}

/** The table as an arrival route takes it: word -> outcome, without the words that need review. */
export function outcomesOf(words: readonly Word[]): Record<string, ReportedOutcome> {
  return Object.fromEntries(words.flatMap(({ code, outcome }) => (outcome === null ? [] : [[code, outcome]])))
}

/** The reason of a word, compared as it is spelled; null for a word that is not in the table. */
export function reasonOf(words: readonly Word[], spoken: string): Reason | null {
  return words.find(({ code }) => code === spoken)?.reason ?? null
}
