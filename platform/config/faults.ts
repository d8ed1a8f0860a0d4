/** A place in the configuration: keys and list positions from the top. */
export type ConfigPath = readonly (string | number)[]

/** One fault of the configuration. */
export interface Fault {
  readonly path: ConfigPath
  /** Says what is wrong; never repeats a secret. */
  readonly text: string
  /** A correct value, as it is written in the file. */
  readonly example?: string
}

/** `connections[0].returns.verify`; "file" for the file itself. */
export function formatPath(path: ConfigPath): string {
  const written = path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
  return written === '' ? 'file' : written
}

/** The configuration or the environment is invalid. `lines` has one line per fault, ready to print. */
export class ConfigError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'))
    this.name = 'ConfigError'
  }
}
