import { relative } from 'node:path'
import { listEnvironment, readEnvironment } from '../platform/config/environment.js'
import { ConfigError } from '../platform/config/faults.js'
import { configFrom } from '../platform/config/load.js'
import { type LocatedConfig, locateConfig } from '../platform/config/locate.js'
import { listSettings, type Setting } from '../platform/config/settings.js'
import { readConfiguration } from '../platform/config/with-sandbox.js'
import { connectionSchemas } from '../providers/connection-schemas.js'
import type { CommandContext } from './command-context.js'

/**
 * `tributary config`: prints every setting, its value and its source, with secrets masked.
 * @returns 0, or 1 after one line on stderr for every fault
 */
export function config(_args: readonly string[], context: CommandContext): number {
  const located = locateConfig(context.env, context.checkout, context.directory)
  const label = relative(context.directory, located.file) || located.file
  const faults: string[] = []
  const collect = <Result>(read: () => Result): Result | null => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      faults.push(...error.lines)
      return null
    }
  }

  collect(() => readEnvironment(context.env, context.directory))
  const document = collect(() => readConfiguration(located.file, context.env))
  if (document) collect(() => configFrom(document, connectionSchemas))
  if (!document || faults.length > 0) {
    context.err(`${faults.join('\n')}\n`)
    return 1
  }

  const settings = [...listEnvironment(context.env), ...listSettings(document, connectionSchemas, label)]
  context.out(`${heading(located, label)}\n\n${table(settings)}\n`)
  return 0
}

function heading(located: LocatedConfig, label: string): string {
  if (located.reason === 'TRIBUTARY_CONFIG') return `Configuration: ${label} (named by TRIBUTARY_CONFIG)`
  if (located.reason === 'tributary.yaml') return `Configuration: ${label}`
  return `Configuration: ${label} (the sandbox's, because there is no tributary.yaml; copy tributary.example.yaml to begin)`
}

function table(settings: readonly Setting[]): string {
  const rows = [{ name: 'setting', value: 'value', source: 'source' }, ...settings]
  const width = (column: 'name' | 'value', most: number) =>
    Math.min(most, Math.max(...rows.map((row) => row[column].length)))
  const [names, values] = [width('name', 60), width('value', 50)]
  return rows.map((row) => `${row.name.padEnd(names)}  ${row.value.padEnd(values)}  ${row.source}`).join('\n')
}
