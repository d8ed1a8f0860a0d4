/** Where a command runs and writes: given, so that tests need no process. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder of the project. */
  readonly checkout: string
  /** Where the person stands. */
  readonly directory: string
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}
