/** Where a command runs and writes; passed in, so tests need no process. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder of the project. */
  readonly checkout: string
  /** The user's working directory. */
  readonly directory: string
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}
