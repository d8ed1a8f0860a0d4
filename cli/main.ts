import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CommandContext } from './command-context.js'
import { config } from './config.js'
import { doctor } from './doctor.js'
import { listen } from './listen.js'
import { mapping } from './mapping.js'
import { withRunningSandbox } from './running-installation.js'

/** One subcommand: `run` gives the exit code. */
interface Command {
  readonly summary: string
  readonly run: (args: readonly string[], context: CommandContext) => number | Promise<number>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  config: { summary: 'every setting, its value and where it comes from', run: config },
  mapping: {
    summary: 'what live surveys ask that no panelist can answer, and how much money depends on it',
    run: mapping,
  },
  listen: { summary: 'posts the postbacks of a panel to a server on this machine as well', run: listen },
  doctor: { summary: 'what is wrong with this installation, and what to do', run: doctor },
}

/**
 * Runs `tributary <command> …`.
 * @returns the exit code: 0 ok, 1 the command found a fault, 2 unknown command
 */
export async function main(args: readonly string[], context: CommandContext = ofProcess()): Promise<number> {
  const [name = '', ...rest] = args
  if (name === 'backtest') {
    context.err('tributary: backtest is not available in this version\n')
    return 2
  }
  if (name === '' || name === 'help' || name === '--help' || name === '-h') {
    context.out(usage())
    return name === '' ? 2 : 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    context.err(`tributary: unknown command ${JSON.stringify(name)}\n${usage()}`)
    return 2
  }
  return command.run(rest, context)
}

function usage(): string {
  const rows = Object.entries(COMMANDS).map(([name, command]) => `  tributary ${name.padEnd(10)} ${command.summary}`)
  return `Commands:\n${rows.join('\n')}\n`
}

function ofProcess(): CommandContext {
  const checkout = dirname(dirname(fileURLToPath(import.meta.url)))
  const directory = process.env.INIT_CWD ?? process.cwd()
  return {
    env: withRunningSandbox(process.env, checkout, directory),
    checkout,
    directory,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  }
}
