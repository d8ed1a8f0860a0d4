/** One promise as SQL that returns the rows which break it. */
export interface Invariant {
  /** As in docs/invariants.md. */
  readonly id: string
  readonly promise: string
  readonly sql: string
}
