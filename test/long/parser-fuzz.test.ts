import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { SupplyBatch } from '../../providers/adapter.js'
import { connectionSchemas } from '../../providers/adapters.js'
import { ProviderError } from '../../providers/errors.js'
import { createRandom, type Random } from '../../sandbox/random.js'
import { arrivalsOf, callOf, frozen, pageOf, plain, readPage, type Suite, served } from '../providers/contract.js'
import { httpDouble } from '../providers/http-double.js'
import { matchOf } from '../providers/match-cases.js'
import { damaged, listText, mutated } from './fuzz/mutate.js'

/** Number of payloads: records of providers, and arrivals. */
const PAYLOADS = 1_000_000
const RECORDS_A_PAGE = 40
/** Records per answer: few, so that many answers stay readable as a whole. */
const RECORDS_AN_ANSWER = 3
const ARRIVALS_A_ROUND = 8

const seed = process.env.TRIBUTARY_SEED ?? '1'
const minutes = Number(process.env.TRIBUTARY_MINUTES ?? '10')

interface Tally {
  payloads: number
  accepted: number
  quarantined: number
  pagesRefused: number
  arrivalsRefused: number
}

/** One round for one provider's parsers, with its counts. */
interface Target {
  readonly name: string
  readonly round: (random: Random, tally: Tally) => Promise<void>
}

test(
  `${PAYLOADS} mutated payloads: only expected errors, no record lost (seed ${seed})`,
  async () => {
    const targets = await Promise.all(servedProviders().map(targetOf))
    expect(targets.length).toBeGreaterThan(0)
    const until = Date.now() + minutes * 60_000
    const tallies = new Map(targets.map(({ name }) => [name, emptyTally()]))
    let payloads = 0
    for (let round = 0; payloads < PAYLOADS && Date.now() < until; round += 1) {
      for (const { name, round: play } of targets) {
        const tally = tallies.get(name) ?? emptyTally()
        const before = tally.payloads
        // a round's seed alone repeats it
        await play(createRandom(`${seed}:${name}:${round}`), tally)
        payloads += tally.payloads - before
      }
    }
    process.stdout.write(`parser fuzz, seed ${seed}: ${payloads} payloads\n`)
    for (const [name, tally] of tallies) process.stdout.write(`  ${name}: ${JSON.stringify(tally)}\n`)
    for (const [name, tally] of tallies) {
      expect(tally.accepted, `${name} accepted nothing: the mutations are too wild to mean anything`).toBeGreaterThan(0)
      expect(tally.quarantined, `${name} put nothing aside: the mutations are too tame`).toBeGreaterThan(0)
    }
    if (Date.now() < until) expect(payloads).toBeGreaterThanOrEqual(PAYLOADS)
    else process.stdout.write(`  the time was up before ${PAYLOADS}: give it more --minutes\n`)
  },
  (minutes + 2) * 60_000,
)

/** Every provider of the registry: a new one joins by itself, once it has a suite. */
function servedProviders(): string[] {
  return Object.keys(connectionSchemas)
}

async function targetOf(name: string): Promise<Target> {
  const file = fileURLToPath(new URL(`../providers/${name}/suite.ts`, import.meta.url))
  if (!existsSync(file)) throw new Error(`${name} has no test/providers/${name}/suite.ts with its cases`)
  const { suite } = (await import(file)) as { suite: Suite<ConnectionBase> }
  const arrivals = suite.cases.flatMap((one) => (one.kind === 'arrival' && !one.expect.error ? [one] : []))
  const { config } = callOf(suite, httpDouble({}))
  const readSupply = suite.adapter.feed ? feedRound(suite) : matchRound(suite)
  return {
    name,
    round: async (random, tally) => {
      const enough = tally.payloads + RECORDS_A_PAGE
      while (tally.payloads < enough) await readSupply(random, tally)
      for (let at = 0; at < ARRIVALS_A_ROUND && arrivals.length > 0; at += 1) {
        const { route, postback, fields } = random.pick(arrivals)
        const given = mutated(
          fields,
          arrivals.map((one) => one.fields),
          random,
        )
        const text = listText([given])
        const [read] = JSON.parse(text) as unknown[]
        if (typeof read !== 'object' || read === null || Array.isArray(read)) continue
        tally.payloads += 1
        const arrival = frozen({
          route,
          name: postback ?? '',
          fields: read as Record<string, unknown>,
          unsigned: random.chance(0.1),
        })
        const refusal = await foreseen(name, text, async () => plain(arrivalsOf(suite).read(config, arrival)))
        if (refusal !== null) tally.arrivalsRefused += 1
      }
    },
  }
}

/** Lists of records: each record is stored, put aside or named as unchanged, whatever it looks like. */
function feedRound(suite: Suite<ConnectionBase>): Target['round'] {
  const records = suite.cases.flatMap((one) => {
    if (one.kind !== 'feed' || one.expect.error) return []
    const page: unknown = tryJson(pageOf(suite, one))
    return Array.isArray(page) ? page : []
  })
  const { name } = suite.adapter
  return async (random, tally) => {
    const page = Array.from({ length: RECORDS_A_PAGE }, () => mutated(random.pick(records), records, random))
    const whole = listText(page)
    const isDamaged = random.chance(0.1)
    const text = isDamaged ? damaged(whole, random) : whole
    tally.payloads += page.length
    let counted = { accepted: 0, quarantined: 0 }
    // a survey that is on the list and 404 when it is requested is none of these: the snapshot withdraws it
    let gone = 0
    const double = served(suite, text)
    const counted404: typeof double.request = async (request) => {
      const answer = await double.request(request)
      if (answer.status === 404) gone += 1
      return answer
    }
    const refusal = await foreseen(name, text, async () => {
      const batches = await readPage(suite, { ...double, request: counted404 })
      // every accepted record must be storable
      plain(batches)
      counted = countOf(batches)
    })
    if (refusal !== null) {
      tally.pagesRefused += 1
      // no list is refused for its records; but where each record is a request of its own, many failures
      // count as a provider that is down
      const isAway = suite.feedHttp !== undefined && refusal.message.includes('says failure')
      const mayRefuse = isDamaged || isAway
      if (!mayRefuse) keepAndFail(name, text, `a whole page was refused: ${refusal.kind} ${refusal.message}`)
      return
    }
    tally.accepted += counted.accepted
    tally.quarantined += counted.quarantined
    const list = tryJson(text)
    const received = Array.isArray(list) ? list.length : null
    if (received !== null && counted.accepted + counted.quarantined + gone !== received) {
      keepAndFail(name, text, `${counted.accepted} accepted and ${counted.quarantined} put aside of ${received}`)
    }
  }
}

/** Answers about one panelist: the whole answer is refused, or every record of it is accounted for. */
function matchRound(suite: Suite<ConnectionBase>): Target['round'] {
  const answers = suite.cases.flatMap((one) => {
    if (one.kind !== 'match' || one.expect.error) return []
    const given = one.respond === undefined ? tryJson(suite.pageOf(one.given ?? {})) : (one.respond[0]?.body ?? null)
    return typeof given === 'object' && given !== null ? [given as Record<string, unknown>] : []
  })
  const golden = answers.length > 0 ? answers : [JSON.parse(suite.pageOf({})) as Record<string, unknown>]
  const { name } = suite.adapter
  const records = golden.flatMap(({ surveys, offers }) =>
    [surveys, offers].flatMap((list) => (Array.isArray(list) ? list : [])),
  )
  return async (random, tally) => {
    const list = () => Array.from({ length: RECORDS_AN_ANSWER }, () => mutated(random.pick(records), records, random))
    const answer = { ...random.pick(golden), surveys: list() }
    const whole = listText([random.chance(0.1) ? mutated(answer, golden, random) : answer]).slice(1, -1)
    const text = random.chance(0.1) ? damaged(whole, random) : whole
    tally.payloads += RECORDS_AN_ANSWER
    const refusal = await foreseen(name, text, async () => {
      const match = await matchOf(suite, httpDouble({ body: text }))
      plain(match)
      const asked = tryJson(text) as { surveys?: unknown; offers?: unknown } | undefined
      const aside = match.unreadable.length + match.unpriced
      const accepted = match.surveys.length + match.offers.length
      tally.accepted += accepted
      tally.quarantined += aside
      const received = length(asked?.surveys) + length(asked?.offers)
      if (match.notice === null && accepted > 0 && accepted + aside !== received) {
        keepAndFail(name, text, `${accepted} accepted and ${aside} put aside of ${received}`)
      }
    })
    if (refusal !== null) tally.pagesRefused += 1
  }
}

/** The number of records of a list, also of one that a PHP-like writer wrote as an object: {"0": …, "2": …}. */
function length(list: unknown): number {
  if (Array.isArray(list)) return list.length
  const keys = typeof list === 'object' && list !== null ? Object.keys(list) : []
  return keys.every((key) => /^\d+$/.test(key)) ? keys.length : 0
}

function countOf(batches: readonly SupplyBatch[]): { accepted: number; quarantined: number } {
  const unreadable = batches.flatMap((batch) => batch.unreadable)
  for (const { raw, reason } of unreadable) {
    if (raw.length === 0 || reason === '') throw new Error('a record was put aside without its bytes or a reason')
  }
  const accepted = batches.reduce((sum, { changes, present }) => sum + changes.length + (present?.length ?? 0), 0)
  return { accepted, quarantined: unreadable.length }
}

/** Runs a parser. @returns its refusal, which is allowed; any other error fails the test */
async function foreseen(name: string, text: string, work: () => Promise<unknown>): Promise<ProviderError | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof ProviderError) return error
    if (error instanceof Kept) throw error
    return keepAndFail(name, text, error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

class Kept extends Error {}

function keepAndFail(name: string, text: string, why: string): never {
  const file = join(tmpdir(), `tributary-fuzz-${name}-${seed}.json`)
  writeFileSync(file, text)
  throw new Kept(`${name}: ${why}\nthe payload is in ${file}`)
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

const emptyTally = (): Tally => ({ payloads: 0, accepted: 0, quarantined: 0, pagesRefused: 0, arrivalsRefused: 0 })
