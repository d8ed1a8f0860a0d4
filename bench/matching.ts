import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { generate } from './matching/generate.js'
import { type Figures, run } from './matching/run.js'

const USAGE = `npm run bench:matching -- --data DIR [--json FILE]
npm run bench:matching -- --generate DIR [--surveys 10000] [--profiles 1000] [--seed 1]`

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'string' },
    generate: { type: 'string' },
    surveys: { type: 'string', default: '10000' },
    profiles: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
})

try {
  await main()
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

async function main(): Promise<void> {
  if (values.generate !== undefined) {
    const [surveys, profiles] = [count(values.surveys, 'surveys'), count(values.profiles, 'profiles')]
    await generate(values.generate, surveys, profiles, count(values.seed, 'seed'))
  }
  const directory = values.data ?? values.generate
  if (directory === undefined) throw new Error(USAGE)
  const figures = await run(directory)
  print(figures)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)
  if (figures.differing > 0) throw new Error(`${figures.differing} answers differ from the brute force`)
}

/** @throws RangeError */
function count(text: string, name: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new RangeError(`--${name} must be a whole number from 1, such as --${name} 1000`)
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

function print(figures: Figures): void {
  const { match_us, largest_country, brute_force_us, update_us, after } = figures
  const rows: [string, string][] = [
    ['surveys, profiles', `${figures.surveys}, ${figures.profiles}`],
    ['built in', `${figures.build_ms} ms`],
    ['match p50 / p99', `${match_us.p50} / ${match_us.p99} us`],
    [
      `match in ${largest_country.country} (${largest_country.surveys} surveys)`,
      `${largest_country.match_us.p50} / ${largest_country.match_us.p99} us`,
    ],
    ['brute force p50 / p99', `${brute_force_us.p50} / ${brute_force_us.p99} us`],
    ['update mean / p99', `${update_us.mean} / ${update_us.p99} us`],
    ['match after the updates', `${after.match_us.p50} / ${after.match_us.p99} us`],
    ['heap a survey', `${figures.heap_bytes_per_survey} bytes`],
    ['memory of the process', `${figures.rss_mb} MB`],
    ['compared with brute force', `${figures.compared} answers, ${figures.differing} differ`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(width)}  ${value}\n`)
}
