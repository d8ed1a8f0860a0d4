/** The mapping of one canonical attribute to a provider's vocabulary (docs/configuration.md, The file). */
export interface AttributeMapping {
  /** Their question id. */
  readonly question: string
  /** Their answer code -> our value, or our range as "18-24". Absent = the same values. */
  readonly answers?: Readonly<Record<string, string>>
  /** Their values are number ranges: our number is compared directly. */
  readonly ranges?: boolean
  /** Their values are prefixes: our value is compared from its start. */
  readonly prefixes?: boolean
}

/** Canonical attribute -> theirs. `identity` = every canonical name is also theirs (Kantar). */
export interface VocabularyMapping {
  readonly identity: boolean
  readonly attributes: Readonly<Record<string, AttributeMapping>>
}
