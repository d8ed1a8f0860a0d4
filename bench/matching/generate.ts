import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchProfile, BenchQuota, BenchSurvey, BenchUpdate, Qualification } from './format.js'
import { Random } from './random.js'

/** Twenty countries; the first has two fifths of the surveys, as at a large exchange. */
const COUNTRIES = 'USA GBR DEU FRA CAN AUS ESP ITA BRA MEX IND JPN NLD SWE POL CHE AUT BEL DNK NZL'.split(' ')
const CODES = (count: number): string[] => Array.from({ length: count }, (_, code) => String(code + 1))
const CORE: readonly { readonly attribute: string; readonly codes: readonly string[]; readonly wantedBy: number }[] = [
  { attribute: 'sex', codes: CODES(2), wantedBy: 0.45 },
  { attribute: 'region', codes: CODES(50), wantedBy: 0.2 },
  { attribute: 'education', codes: CODES(8), wantedBy: 0.2 },
  { attribute: 'employment', codes: CODES(10), wantedBy: 0.3 },
  { attribute: 'marital', codes: CODES(6), wantedBy: 0.1 },
  { attribute: 'children', codes: CODES(5), wantedBy: 0.15 },
  { attribute: 'ethnicity', codes: CODES(12), wantedBy: 0.1 },
  { attribute: 'industry', codes: CODES(30), wantedBy: 0.15 },
]
const TOPICS = Array.from({ length: 150 }, (_, topic) => `topic_${topic + 1}`)
const TOPIC_CODES = CODES(12)
const POSTAL_CODES = Array.from({ length: 2_000 }, (_, code) => String(10_000 + code * 37))

/** Writes surveys, profiles and updates like those of an exchange; the same arguments give the same files. */
export async function generate(directory: string, surveys: number, profiles: number, seed: number): Promise<void> {
  mkdirSync(directory, { recursive: true })
  const random = new Random(seed)
  const country = (): string => (random.chance(0.41) ? 'USA' : random.pick(COUNTRIES.slice(1)))
  const survey = (number: number): BenchSurvey => surveyOf(random, `s${number.toString(36)}`, country())
  await write(join(directory, 'surveys.ndjson'), surveys, survey)
  await write(join(directory, 'profiles.ndjson'), profiles, (number) => profileOf(random, `p${number}`, country()))
  await write(join(directory, 'updates.ndjson'), Math.ceil(surveys / 100), (number) => {
    const known = random.integer(0, surveys - 1)
    return updateOf(random, `s${known.toString(36)}`, () => survey(random.chance(0.5) ? known : surveys + number))
  })
}

async function write(file: string, count: number, line: (number: number) => unknown): Promise<void> {
  const stream = createWriteStream(file)
  for (let number = 0; number < count; number++) {
    if (!stream.write(`${JSON.stringify(line(number))}\n`)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'finish')
}

function updateOf(random: Random, surveyId: string, survey: () => BenchSurvey): BenchUpdate {
  const kind = random.next()
  if (kind < 0.3) return { op: 'close', survey_id: surveyId }
  if (kind < 0.8) {
    const quota_id = `q${random.integer(1, 8)}`
    return { op: 'quota', survey_id: surveyId, quota_id, available: random.chance(0.5) ? 0 : random.integer(1, 200) }
  }
  return { op: 'upsert', survey: survey() }
}

function surveyOf(random: Random, surveyId: string, country: string): BenchSurvey {
  const qualifications: Qualification[] = []
  if (random.chance(0.85)) qualifications.push(ageBand(random))
  // one attribute constrained twice: both must hold
  if (random.chance(0.03)) qualifications.push(ageBand(random))
  if (random.chance(0.15)) qualifications.push({ attribute: 'income', ranges: [incomeBand(random)] })
  if (random.chance(0.06)) {
    qualifications.push({ attribute: 'postal_code', answers: random.some(POSTAL_CODES, random.integer(20, 700)) })
  }
  for (const { attribute, codes, wantedBy } of CORE) {
    if (random.chance(wantedBy)) qualifications.push({ attribute, answers: wanted(random, codes, 0.6) })
  }
  for (let topics = random.integer(0, 3); topics > 0; topics--) {
    const answers = wanted(random, TOPIC_CODES, 0.5)
    // answers and ranges in one qualification
    const ranges = random.chance(0.05) ? { ranges: [{ from: random.integer(1, 6), to: random.integer(6, 12) }] } : {}
    qualifications.push({ attribute: random.pick(TOPICS), answers, ...ranges })
  }
  return {
    survey_id: surveyId,
    country,
    cpi_minor: random.integer(20, 1200),
    loi_min: random.integer(2, 40),
    ir: random.integer(2, 95),
    qualifications,
    quotas: quotasOf(random),
  }
}

function quotasOf(random: Random): BenchQuota[] {
  if (random.chance(0.08)) return []
  const allFull = random.chance(0.04)
  return Array.from({ length: random.integer(2, 13) }, (_, number) => {
    const qualifications: Qualification[] = []
    if (random.chance(0.8)) qualifications.push(ageBand(random))
    if (random.chance(0.6)) qualifications.push({ attribute: 'sex', answers: [String(random.integer(1, 2))] })
    if (random.chance(0.3)) qualifications.push({ attribute: 'region', answers: wanted(random, CODES(50), 0.3) })
    const available = allFull || random.chance(0.25) ? 0 : random.integer(1, 500)
    return { quota_id: `q${number + 1}`, available, qualifications }
  })
}

function profileOf(random: Random, panelistId: string, country: string): BenchProfile {
  const age = random.integer(16, 85)
  const answers: Record<string, BenchProfile['answers'][string]> = {
    // some numbers are codes: these match answers but not ranges
    age: random.chance(0.97) ? age : String(age),
    income: random.integer(8, 200) * 1000,
    postal_code: random.pick(POSTAL_CODES),
  }
  for (const { attribute, codes } of CORE) answers[attribute] = random.pick(codes)
  for (const topic of random.some(TOPICS, 32)) {
    if (random.chance(0.04)) answers[topic] = []
    else if (random.chance(0.4)) answers[topic] = random.some(TOPIC_CODES, random.integer(1, 4))
    else answers[topic] = random.chance(0.1) ? random.integer(1, 12) : random.pick(TOPIC_CODES)
  }
  return { panelist_id: panelistId, country, answers }
}

function wanted(random: Random, codes: readonly string[], share: number): string[] {
  return random.some(codes, Math.max(1, Math.round(codes.length * share * random.next() * 2)))
}

function ageBand(random: Random): Qualification {
  const from = random.integer(16, 60)
  return { attribute: 'age', ranges: [{ from, to: from + random.integer(4, 50) }] }
}

function incomeBand(random: Random): { from: number; to: number } {
  const from = random.integer(0, 15) * 10_000
  return { from, to: from + random.integer(1, 12) * 10_000 }
}
