import { createRandom, type Random } from '../random.js'
import { type Criterion, STATUS, type SupplyQuota, type SupplySurvey } from './wire.js'

const MARKETS = [
  { weight: 50, value: 'en_US' },
  { weight: 12, value: 'es_US' },
  { weight: 14, value: 'en_GB' },
  { weight: 10, value: 'de_DE' },
  { weight: 8, value: 'en_CA' },
  { weight: 6, value: 'fr_FR' },
] as const
const CATEGORIES = [
  { name: 'Automotive', code: 211 },
  { name: 'Food and Snacks', code: 218 },
  { name: 'Healthcare', code: 223 },
  { name: 'Exciting New', code: 232 },
  { name: 'Travel', code: 241 },
] as const
const ZIP_CODES = ['91945', '91950', '91977', '91978', '10001', '60601']
const DAY_MS = 86_400_000
const YEARS = 311

/** Survey number `index` of a seed in its first state; always the same except for its times. */
export function generateSurvey(seed: string, index: number, now: number, idBase = 480_000): SupplySurvey {
  const random = createRandom(`${seed}/purespectrum/${index}`)
  const surveyId = idBase + index
  const age = someAges(random)
  const bySex = random.chance(0.25)
  const category = random.pick(CATEGORIES)
  const overall = { ir: random.int(8, 70), loi: random.int(3, 25) }
  const needed = random.int(10, 120)
  const guaranteed = random.chance(0.3) ? random.int(3, Math.max(3, Math.floor(needed / 2))) : 0
  const grouped = index % 7 === 3 || index % 7 === 4
  return {
    survey_id: surveyId,
    survey_name: `${category.name} Survey #${surveyId}`,
    survey_status: STATUS.live,
    surveyLocalization: random.weighted(MARKETS),
    cpi: random.int(60, 700) / 100,
    price_type: 1,
    pii: false,
    buyer_message: '',
    buyer_id: random.int(100, 190),
    incl_excl: 0,
    click_balancing: random.chance(0.1) ? 1 : 0,
    category: category.name,
    category_code: category.code,
    soft_launch: random.chance(0.12),
    ...(grouped ? { survey_grouping: { survey_ids: [idBase + groupMate(index)], exclusion_period: 30 } } : {}),
    survey_performance: { overall, last_block: lastBlock(overall, random) },
    ...(guaranteed > 0 || random.chance(0.2) ? { supplier_completes: completes(needed, guaranteed) } : {}),
    qualifications: [
      { qualification_code: 211, condition_codes: bySex ? [random.pick(['111', '112'])] : ['112', '111'] },
      { qualification_code: 212, range_sets: age },
      ...(random.chance(0.08) ? [{ qualification_code: 229, condition_codes: ZIP_CODES }] : []),
      // 219 is the device: here all of them
      ...(random.chance(0.06) ? [{ qualification_code: 219, condition_codes: ['112', '113', '111'] }] : []),
    ],
    quotas: quotas(random, needed, bySex, now),
    crtd_on: now - random.int(1, 20) * DAY_MS,
    mod_on: now,
    last_complete_date: random.chance(0.7) ? now - random.int(1, 600) * 60_000 : null,
    field_end_date: now + random.int(2, 30) * DAY_MS,
  }
}

/** Neighbours pair into groups: a panelist who did one survey is excluded from the other for 30 days. */
function groupMate(index: number): number {
  return index % 7 === 3 ? index + 1 : index - 1
}

function completes(needed: number, guaranteed: number): NonNullable<SupplySurvey['supplier_completes']> {
  const counts = { needed, achieved: 0, remaining: needed }
  return guaranteed > 0
    ? { ...counts, guaranteed_allocation: guaranteed, guaranteed_allocation_remaining: guaranteed }
    : counts
}

function lastBlock(overall: { ir: number; loi: number }, random: Random): { ir: number; loi: number } {
  return { ir: Math.max(1, overall.ir + random.int(-5, 5)), loi: Math.max(1, overall.loi + random.int(-2, 2)) }
}

/** Some overlap on purpose, as in the document's sample. */
function someAges(random: Random): NonNullable<Criterion['range_sets']> {
  const from = random.int(16, 30)
  const to = random.int(50, 99)
  if (random.chance(0.7)) return [{ from, to, units: YEARS }]
  const middle = random.int(from + 5, to - 5)
  return [
    { from: middle, to, units: YEARS },
    { from, to: middle + 2, units: YEARS },
  ]
}

/** None, one for all, by age, or by sex; some are throttled to 0 for now. */
function quotas(random: Random, needed: number, bySex: boolean, now: number): SupplyQuota[] {
  const kind = random.int(0, 3)
  const ages = [
    [16, 34],
    [35, 54],
    [55, 99],
  ] as const
  const byAge: Criterion[][] = ages.map(([from, to]) => [
    { qualification_code: 212, range_sets: [{ from, to, units: YEARS }] },
  ])
  const sexes: Criterion[][] = ['111', '112'].map((code) => [{ qualification_code: 211, condition_codes: [code] }])
  const criteria: Criterion[][] =
    kind === 0
      ? []
      : kind === 1 || bySex
        ? [[{ qualification_code: 212, range_sets: [{ from: 16, to: 99, units: YEARS }] }]]
        : kind === 2
          ? byAge
          : sexes
  return criteria.map((one) => {
    const remaining = Math.max(1, Math.round(needed / criteria.length))
    const throttled = random.chance(0.1)
    return {
      quota_id: uuid(random),
      quantities: { currently_open: throttled ? 0 : random.int(1, remaining), remaining, achieved: 0 },
      criteria: one,
      crtd_on: now,
      mod_on: now,
      last_complete_date: null,
    }
  })
}

/** Looks like the quota ids of the sample; from the seed, so that a restart returns the same. */
function uuid(random: Random): string {
  const digits = Array.from({ length: 32 }, () => random.int(0, 15).toString(16)).join('')
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-')
}
