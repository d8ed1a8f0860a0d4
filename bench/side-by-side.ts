import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Comparison, compare, flatten } from './side-by-side/compare.js'
import { bounded } from './support/bounded.js'
import { report } from './support/figures.js'

const USAGE =
  'npm run bench:side-by-side -- --before DIR [--after DIR] [--rounds R] [--json FILE] -- bench:sessions --sessions 400'
const MOST_ROUNDS = 20

/**
 * `npm run bench:side-by-side -- --before DIR [--after DIR] [--rounds R] [--json FILE] -- BENCHMARK [ARGUMENTS]`: runs
 * one benchmark of two checkouts in turns on one machine (before, after, after, before, …), so that a slow minute of the
 * machine affects both. Prints the median of every figure and the ratio after / before.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      before: { type: 'string' },
      after: { type: 'string', default: process.cwd() },
      rounds: { type: 'string', default: '3' },
      json: { type: 'string' },
    },
    allowPositionals: true,
    args: ours(process.argv.slice(2)),
  })
  const [benchmark, ...args] = theirs(process.argv.slice(2))
  if (values.before === undefined || benchmark === undefined || positionals.length > 0) throw new Error(USAGE)
  const rounds = bounded(values.rounds, 1, MOST_ROUNDS, '--rounds')
  const sides = { before: checkoutAt(values.before), after: checkoutAt(values.after) }
  const figures: Record<'before' | 'after', Map<string, number>[]> = { before: [], after: [] }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? (['before', 'after'] as const) : (['after', 'before'] as const)) {
      process.stdout.write(`round ${round + 1} of ${rounds}, ${side}: ${sides[side]}\n`)
      figures[side].push(await run(sides[side], benchmark, args))
    }
  }
  const comparisons = compare(figures.before, figures.after)
  report(Object.fromEntries(comparisons.map((one) => [one.figure, line(one)])), undefined)
  if (values.json !== undefined) report({ benchmark, args: args.join(' '), rounds, comparisons }, values.json)
}

/** The arguments before and after the first bare `--`. */
const ours = (args: readonly string[]): string[] =>
  args.includes('--') ? args.slice(0, args.indexOf('--')) : [...args]
const theirs = (args: readonly string[]): string[] => (args.includes('--') ? args.slice(args.indexOf('--') + 1) : [])

/** @throws Error when the folder is not a checkout with its dependencies */
function checkoutAt(folder: string): string {
  const checkout = path.resolve(folder)
  if (existsSync(path.join(checkout, 'bench')) && existsSync(path.join(checkout, 'node_modules'))) return checkout
  throw new Error(`${checkout} is not an installed checkout: create it with git worktree add and run \`npm ci\` there`)
}

/**
 * Runs a benchmark of a checkout once.
 * @returns its figures by name (`match_us.p50`)
 * @throws Error when it writes no figures
 */
async function run(checkout: string, benchmark: string, args: readonly string[]): Promise<Map<string, number>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-side-by-side-'))
  const json = path.join(folder, 'figures.json')
  try {
    const child = spawn('npm', ['run', '--silent', benchmark, '--', ...args, '--json', json], {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const code = await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject))
    if (!existsSync(json))
      throw new Error(`${benchmark} in ${checkout} exited with code ${String(code)} and wrote no figures`)
    return flatten(JSON.parse(readFileSync(json, 'utf8')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const line = ({ before, after, ratio, spread }: Comparison): string =>
  `${before} -> ${after}  x ${ratio ?? 'n/a'}  (runs of one side differ by up to ${spread} %)`

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
