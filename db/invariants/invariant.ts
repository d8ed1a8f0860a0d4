/** One promise, with SQL that returns the rows that break it. */
export interface Invariant {
  /** As in docs/invariants.md. */
  readonly id: string
  readonly promise: string
  readonly sql: string
}
