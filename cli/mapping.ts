import { openSurveys } from '../db/read-models/open-surveys.js'
import { type CanonicalQuestion, type Coverage, type CoverageLine, CoverageTally } from '../domain/mapping-coverage.js'
import { formatAmount, money } from '../domain/money.js'
import { ConfigError } from '../platform/config/faults.js'
import { loadConfig } from '../platform/config/load.js'
import { locateConfig } from '../platform/config/locate.js'
import { connectionSchemas, type TributaryConfig } from '../providers/connection-schemas.js'
import type { CommandContext } from './command-context.js'
import { withLiveDatabase } from './live-database.js'
import { servedConnections } from './served-connections.js'

interface ConnectionCoverage {
  readonly connection: string
  readonly provider: string
  readonly coverage: Coverage
}

/**
 * `tributary mapping [--connection ID] [--json]`: lists the words of live surveys to which no canonical answer maps,
 * and how much money depends on each.
 * @returns 0 on success; 1 after a line on stderr for each fault of the configuration; 2 otherwise
 */
export async function mapping(args: readonly string[], context: CommandContext): Promise<number> {
  const asked = readArguments(args)
  if (asked === null) {
    context.err('mapping: takes --connection ID and --json\n')
    return 2
  }
  try {
    const { file } = locateConfig(context.env, context.checkout, context.directory)
    const config = loadConfig({ file, env: context.env, connectionSchemas })
    if (asked.connection !== null && !servedConnections(config).some(({ id }) => id === asked.connection)) {
      context.err(`mapping: connection ${asked.connection} not found in ${file}\n`)
      return 2
    }
    const found = await readCoverage(context, config, asked.connection)
    context.out(asked.json ? `${JSON.stringify({ connections: found.map(toJson) }, null, 2)}\n` : report(found))
    return 0
  } catch (error) {
    context.err(
      error instanceof ConfigError
        ? `${error.lines.join('\n')}\n`
        : `mapping: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return error instanceof ConfigError ? 1 : 2
  }
}

function readArguments(args: readonly string[]): { connection: string | null; json: boolean } | null {
  let connection: string | null = null
  let json = false
  for (let at = 0; at < args.length; at += 1) {
    if (args[at] === '--json') json = true
    else if (args[at] === '--connection' && args[at + 1] !== undefined) connection = args[++at] ?? null
    else return null
  }
  return { connection, json }
}

async function readCoverage(
  context: CommandContext,
  config: TributaryConfig,
  only: string | null,
): Promise<ConnectionCoverage[]> {
  const canonical = canonicalQuestions(config)
  return withLiveDatabase(context, 'mapping', async (knex) => {
    const found: ConnectionCoverage[] = []
    for (const { id, provider, vocabulary } of servedConnections(config)) {
      if (only !== null && id !== only) continue
      const tally = new CoverageTally(vocabulary, canonical)
      for await (const survey of openSurveys(knex, id)) tally.add(survey)
      found.push({ connection: id, provider, coverage: tally.result() })
    }
    return found
  })
}

/** The canonical questions: the gateway's attributes, and three names that every profile may have (docs/matching.md, The words of a profile). */
function canonicalQuestions(config: TributaryConfig): Map<string, CanonicalQuestion> {
  const always = ['date_of_birth', 'postal_code', 'region'].map((name): CanonicalQuestion => ({ name, answers: null }))
  const configured = config.targetingAttributes.map(
    (one): CanonicalQuestion => ({
      name: one.id,
      answers: one.answerType === 'range' ? null : one.answers.map(({ id }) => id),
    }),
  )
  return new Map([...always, ...configured].map((one) => [one.name, one]))
}

/** Sorted by money within each currency, largest first; amounts of two currencies are never added or compared. */
function report(found: readonly ConnectionCoverage[]): string {
  if (found.length === 0) return 'The configuration has no connection with a supported provider.\n'
  return `${found.map(section).join('\n\n')}\n`
}

function section({ connection, provider, coverage }: ConnectionCoverage): string {
  const { surveys, covered, lines } = coverage
  const heading = `${connection} (${provider}): ${covered} of ${surveys} open surveys are mapped in every clause`
  const sums = [...coverage.money.keys()].sort().map((currency) => {
    const [of, all] = [coverage.coveredMoney.get(currency) ?? 0n, coverage.money.get(currency) ?? 0n]
    return `  ${amount(of, currency)} of ${amount(all, currency)} ${currency}`
  })
  if (lines.length === 0) return [heading, ...sums].join('\n')
  const currencies = [...new Set(lines.flatMap((line) => [...line.money.keys()]))].sort()
  const tables = currencies.map((currency) => {
    const of = lines
      .filter((line) => line.money.has(currency))
      .sort((left, right) => descending(left.money.get(currency), right.money.get(currency)))
    return table(of, currency)
  })
  const silent = lines.filter((line) => line.money.size === 0)
  return [heading, ...sums, ...tables, ...(silent.length === 0 ? [] : [table(silent, null)])].join('\n')
}

function table(lines: readonly CoverageLine[], currency: string | null): string {
  const rows = lines.map((line) => [
    currency === null ? 'not said' : `${amount(line.money.get(currency) ?? 0n, currency)} ${currency}`,
    String(line.surveys),
    line.attribute,
    line.missing,
    `${line.answers.join(' ')}${line.answersMore === 0 ? '' : ` and ${line.answersMore} more`}`,
  ])
  const all = [['money', 'surveys', 'attribute', 'not mapped', 'answers'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) => row.map((cell, at) => (at < 2 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))))
    .map((row) => `  ${row.join('  ').trimEnd()}`)
    .join('\n')
}

function toJson({ connection, provider, coverage }: ConnectionCoverage): object {
  const minor = (sums: ReadonlyMap<string, bigint>) =>
    Object.fromEntries([...sums].map(([currency, value]) => [currency, Number(value)]))
  return {
    connection,
    provider,
    surveys: coverage.surveys,
    covered: coverage.covered,
    money_minor: minor(coverage.money),
    covered_money_minor: minor(coverage.coveredMoney),
    unmapped: coverage.lines.map((line) => ({
      attribute: line.attribute,
      not_mapped: line.missing,
      answers: line.answers,
      answers_more: line.answersMore,
      surveys: line.surveys,
      money_minor: minor(line.money),
      surveys_without_count: line.uncounted,
    })),
  }
}

const amount = (minor: bigint, currency: string): string => formatAmount(money(minor, currency))
const descending = (left = 0n, right = 0n): number => (left > right ? -1 : left < right ? 1 : 0)
