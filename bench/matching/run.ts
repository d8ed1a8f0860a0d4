import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CatalogueEntry } from '../../catalogue/entry.js'
import { MatchingIndex } from '../../catalogue/index/matching-index.js'
import { BruteForce } from './brute-force.js'
import {
  type BenchProfile,
  type BenchResult,
  type BenchSurvey,
  type BenchUpdate,
  benchScore,
  entryOf,
  expandedOf,
  readLines,
  resultOf,
} from './format.js'
import { type Percentiles, percentiles, round } from './percentiles.js'

/** The figures of docs/benchmarks.md, Matching, and the comparison of the answers with the brute force. */
export interface Figures {
  readonly surveys: number
  readonly profiles: number
  readonly build_ms: number
  readonly match_us: Percentiles
  readonly largest_country: { readonly country: string; readonly surveys: number; readonly match_us: Percentiles }
  readonly brute_force_us: Percentiles
  readonly update_us: { readonly mean: number; readonly p99: number }
  readonly after: { readonly match_us: Percentiles }
  readonly heap_bytes_per_survey: number
  readonly rss_mb: number
  /** Profiles whose answer was also computed by brute force, before and after the updates, and those that differ. */
  readonly compared: number
  readonly differing: number
}

const TIMED_PASSES = 3
const TIMED_MS = 20_000
const BRUTE_FORCE_MS = 8_000

/**
 * Runs the benchmark over a directory's files; writes `actual.ndjson` and `actual_after.ndjson` to the same directory.
 */
export async function run(directory: string): Promise<Figures> {
  const before = memory()
  const scores = new Map<string, number>()
  const index = new MatchingIndex(({ entry }) => scores.get(entry.surveyId) ?? 0)
  const perCountry = new Map<string, number>()
  let surveys = 0
  let buildMs = 0
  const put = (survey: BenchSurvey): void => {
    scores.set(survey.survey_id, benchScore(survey))
    index.put(entryOf(survey))
  }
  for await (const survey of readLines<BenchSurvey>(join(directory, 'surveys.ndjson'))) {
    const start = performance.now()
    put(survey)
    buildMs += performance.now() - start
    perCountry.set(survey.country, (perCountry.get(survey.country) ?? 0) + 1)
    surveys++
  }
  const start = performance.now()
  index.settle()
  buildMs += performance.now() - start
  const heap = memory() - before
  const [country = '', most = 0] = [...perCountry].sort(([, one], [, other]) => other - one)[0] ?? []

  const profiles: BenchProfile[] = []
  for await (const profile of readLines<BenchProfile>(join(directory, 'profiles.ndjson'))) profiles.push(profile)
  const rss = process.memoryUsage().rss

  const first = await answer(index, profiles, join(directory, 'actual.ndjson'))
  const timed = timeMatches(index, profiles)
  const updates = await readUpdates(directory)
  const updateTimes = updates.map((update) => timeUpdate(index, update, put))
  const second = await answer(index, profiles, join(directory, 'actual_after.ndjson'))
  const timedAfter = timeMatches(index, profiles)

  const plain = await compareWithPlain(directory, profiles, updates, first, second)
  return {
    surveys,
    profiles: profiles.length,
    build_ms: round(buildMs),
    match_us: percentiles(timed.map((one) => one.microseconds)),
    largest_country: {
      country,
      surveys: most,
      match_us: percentiles(timed.filter((one) => one.country === country).map((one) => one.microseconds)),
    },
    brute_force_us: percentiles(plain.times),
    update_us: {
      mean: round(updateTimes.reduce((sum, one) => sum + one, 0) / Math.max(1, updateTimes.length)),
      p99: percentiles(updateTimes).p99,
    },
    after: { match_us: percentiles(timedAfter.map((one) => one.microseconds)) },
    heap_bytes_per_survey: Math.round(heap / Math.max(1, surveys)),
    rss_mb: Math.round(rss / 1_048_576),
    compared: plain.compared,
    differing: plain.differing,
  }
}

const NONE: ReadonlySet<string> = new Set()
const NOW = new Date()

/** The timed part: from the parsed profile to the complete ranked list of ids. */
function match(index: MatchingIndex, profile: BenchProfile): string[] {
  const matches = index.match({
    country: profile.country,
    locale: null,
    device: null,
    panel: null,
    now: NOW,
    profile: expandedOf(profile),
    connections: null,
    excludedSurveys: NONE,
    excludedGroups: NONE,
  })
  return matches.ids()
}

async function answer(index: MatchingIndex, profiles: readonly BenchProfile[], file: string): Promise<BenchResult[]> {
  const results = profiles.map((profile) => resultOf(profile.panelist_id, match(index, profile)))
  const stream = createWriteStream(file)
  for (const result of results) if (!stream.write(`${JSON.stringify(result)}\n`)) await once(stream, 'drain')
  stream.end()
  await once(stream, 'finish')
  return results
}

/** The code is warm, because all answers were computed once before. */
function timeMatches(index: MatchingIndex, profiles: readonly BenchProfile[]) {
  const times: { country: string; microseconds: number }[] = []
  const end = performance.now() + TIMED_MS
  for (let pass = 0; pass < TIMED_PASSES; pass++) {
    for (const profile of profiles) {
      const start = performance.now()
      match(index, profile)
      const stop = performance.now()
      times.push({ country: profile.country, microseconds: (stop - start) * 1000 })
      if (stop > end) return times
    }
  }
  return times
}

async function readUpdates(directory: string): Promise<BenchUpdate[]> {
  const file = join(directory, 'updates.ndjson')
  const updates: BenchUpdate[] = []
  if (!existsSync(file)) return updates
  for await (const update of readLines<BenchUpdate>(file)) updates.push(update)
  return updates
}

/** @returns microseconds, including a rebuild that the update caused */
function timeUpdate(index: MatchingIndex, update: BenchUpdate, put: (survey: BenchSurvey) => void): number {
  const start = performance.now()
  if (update.op === 'upsert') put(update.survey)
  else if (update.op === 'close') index.remove(update.survey_id)
  else {
    const held = index.get(update.survey_id)
    if (held !== undefined) index.put(withAvailable(held.entry, update.quota_id, update.available))
  }
  index.settle()
  return (performance.now() - start) * 1000
}

function withAvailable(entry: CatalogueEntry, quotaId: string, available: number): CatalogueEntry {
  const quotas = entry.survey.quotas.map((quota) => (quota.quotaId === quotaId ? { ...quota, available } : quota))
  return { ...entry, survey: { ...entry.survey, quotas } }
}

async function compareWithPlain(
  directory: string,
  profiles: readonly BenchProfile[],
  updates: readonly BenchUpdate[],
  first: readonly BenchResult[],
  second: readonly BenchResult[],
): Promise<{ times: number[]; compared: number; differing: number }> {
  const plain = new BruteForce()
  for await (const survey of readLines<BenchSurvey>(join(directory, 'surveys.ndjson'))) plain.add(survey)
  const times: number[] = []
  let differing = 0
  const compare = (expected: readonly BenchResult[]): void => {
    const end = performance.now() + BRUTE_FORCE_MS
    for (const [position, profile] of profiles.entries()) {
      const start = performance.now()
      const ranked = plain.match(profile)
      const stop = performance.now()
      times.push((stop - start) * 1000)
      if (JSON.stringify(resultOf(profile.panelist_id, ranked)) !== JSON.stringify(expected[position])) differing++
      if (stop > end) return
    }
  }
  compare(first)
  for (const update of updates) plain.apply(update)
  compare(second)
  return { times, compared: times.length, differing }
}

/** Bytes in use after a collection, typed arrays included. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
