/** One of the gateway's questions, with what translating clauses needs (Kantar Gateway API, Targeting Attributes). */
export type CanonicalAttribute = {
  readonly id: string
  /** ISO 3166-1 alpha-3; null = everywhere. */
  readonly supportedCountries: readonly string[] | null
} & (
  | { readonly answerType: 'range'; readonly rangeLimits: { readonly start: number; readonly end: number } }
  | { readonly answerType: 'single_choice' | 'multi_punch'; readonly answers: readonly { readonly id: string }[] }
)
