import { createRandom, type Random, type Weighted } from '../random.js'
import { generateQualifications, generateQuotas } from './generate-targeting.js'
import type { Pricing, Status, SupplierPlan } from './wire.js'

interface Market {
  country: string
  locales: readonly string[]
  currency: Pricing['currency']
}

const MARKETS: readonly Weighted<Market>[] = [
  { weight: 40, value: { country: 'USA', locales: ['en-US', 'en-US', 'es-US'], currency: 'USD' } },
  { weight: 20, value: { country: 'GBR', locales: ['en-GB'], currency: 'GBP' } },
  { weight: 14, value: { country: 'DEU', locales: ['de-DE'], currency: 'EUR' } },
  { weight: 11, value: { country: 'CAN', locales: ['en-CA', 'en-CA', 'fr-CA'], currency: 'CAD' } },
  { weight: 9, value: { country: 'FRA', locales: ['fr-FR'], currency: 'EUR' } },
  { weight: 6, value: { country: 'AUS', locales: ['en-AU'], currency: 'AUD' } },
]

const CATEGORIES = [
  'pets',
  'wildlife conservation',
  'groceries',
  'streaming',
  'banking',
  'travel',
  'energy',
  'cars',
] as const
const TAGS = ['collects_pii', 'webcam', 'mobile_diary', 'recontact_possible'] as const
const DEVICES: readonly (readonly string[])[] = [
  ['desktop'],
  ['mobile'],
  ['desktop', 'mobile'],
  ['desktop', 'mobile', 'tablet'],
]

export interface Range {
  min: number
  max: number
}

/** The input for a plan. The same input makes the same plan, byte for byte. */
export interface PlanSource {
  seed: string
  /**
   * The plan's number; each has its own random sequence, so that plan 17 does not depend on the number of plans before
   * it.
   */
  index: number
  now: Date
  /** The target completes of a new plan [5 to 400]. */
  completes: Range
}

/** A new plan, and how the feed carries it. */
export interface GeneratedPlan {
  plan: SupplierPlan
  /** False for the few plans without a survey_session_creation_url, which the Kantar Gateway API leaves optional. */
  enterable: boolean
  /** Extra fields in the feed's envelope, in addition to the documented ones. */
  envelopeExtras: Record<string, unknown>
}

/** Makes plan number `index` of a seed: mostly open and easy, with every oddity that the document allows somewhere. */
export function generatePlan({ seed, index, now, completes }: PlanSource): GeneratedPlan {
  const random = createRandom(`${seed}/plan/${index}`)
  const market: Market = random.weighted(MARKETS)
  const pricing = generatePricing(random, market)
  const locale = random.pick(market.locales)
  const ir = random.int(5, 95)
  const plan: SupplierPlan = {
    id: `${market.country.toLowerCase()}-${String(index).padStart(5, '0')}-${hex(random, 6)}`,
    ...sometimes(random, 0.8, () => ({ categories: severalOf(random, CATEGORIES, 2) })),
    country: market.country,
    ...sometimes(random, 0.85, () => ({ locale })),
    type: random.chance(0.85) ? 'interview' : 'tracker',
    ...sometimes(random, 0.4, () => ({ tags: severalOf(random, TAGS, 2) })),
    loi: random.int(2, 30),
    cr: random.int(Math.ceil(ir / 2), ir),
    ir,
    available_completes: random.int(completes.min, completes.max),
    pricing,
    ...sometimes(random, 0.25, () => ({ additional_qualification_count: random.int(0, 3) })),
    status: random.weighted<Status>([
      { weight: 92, value: 'OPEN' },
      { weight: 5, value: 'PAUSED' },
      { weight: 3, value: 'CLOSED' },
    ]),
    quotas: [],
    qualifications: generateQualifications(random, market.country),
    ...sometimes(random, 0.7, () => ({ resume_allowed: random.chance(0.4) })),
    ...sometimes(random, 0.5, () => ({ group_id: `group-${random.int(1, 1 + Math.ceil(index / 3))}` })),
    ...sometimes(random, 0.6, () => ({ project_id: `project-${hex(random, 8)}` })),
    ...sometimes(random, 0.3, () => ({ contact_emails: [`field.${random.int(1, 40)}@research.example`] })),
    ...sometimes(random, 0.75, () => ({ finish_date: daysAfter(now, random.int(2, 30)) })),
    ...sometimes(random, 0.45, () => ({ device_requirements: [...random.pick(DEVICES)] })),
    ...sometimes(random, 0.05, () => ({ survey_topic_score: random.int(0, 100), sample_source: { id: 'b2c' } })),
  }
  plan.quotas = generateQuotas(random, plan, () => generatePricing(random, market))
  return {
    plan,
    enterable: !random.chance(0.01),
    envelopeExtras: random.chance(0.03) ? { priority: random.int(1, 5) } : {},
  }
}

/** A price in the market's currency, now and then in US dollars elsewhere; a fifth of them in whole units. */
export function generatePricing(random: Random, { currency }: Pick<Market, 'currency'>): Pricing {
  const inMain = random.chance(0.2)
  return {
    cpi: inMain ? random.int(1, 9) : random.int(45, 950),
    unit: inMain ? 'main' : 'fractional',
    currency: random.chance(0.05) ? 'USD' : currency,
  }
}

function sometimes<T extends object>(random: Random, probability: number, make: () => T): T | Record<string, never> {
  return random.chance(probability) ? make() : {}
}

function severalOf(random: Random, choices: readonly string[], most: number): string[] {
  const wanted = random.int(1, most)
  const picked = new Set<string>()
  while (picked.size < wanted) picked.add(random.pick(choices))
  return [...picked]
}

/** Hexadecimal digits from the seeded sequence. */
export function hex(random: Random, digits: number): string {
  let text = ''
  while (text.length < digits) text += random.int(0, 15).toString(16)
  return text
}

function daysAfter(now: Date, days: number): string {
  return new Date(now.getTime() + days * 86_400_000).toISOString()
}
