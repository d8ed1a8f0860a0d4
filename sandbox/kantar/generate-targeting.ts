import type { Random } from '../random.js'
import { findAttribute, isAskedIn } from './attributes.js'
import type { Pricing, Qualification, SupplierPlan, SupplierQuota } from './wire.js'

const AGE_RANGES: readonly (readonly string[])[] = [
  ['16-40'],
  ['18-99'],
  ['18-34'],
  ['35-64'],
  ['16-100'],
  ['25-54'],
  ['50-100'],
  ['16-24', '45-54'],
  ['18-24', '35-44', '55-64'],
]
const AGE_CELLS: readonly (readonly string[])[] = [
  ['16-24', '25-34', '35-44', '45-54', '55-100'],
  ['16-34', '35-54', '55-100'],
  ['16-49', '50-100'],
]
const PETS: readonly (readonly string[])[] = [
  ['1'],
  ['2'],
  ['1', '2'],
  ['7', '8', '10'],
  ['5'],
  ['1', '2', '4', '7', '8', '9', '10'],
]

/** A plan's own conditions: often none or a wide age range, so that most respondents fit some plan. */
export function generateQualifications(random: Random, country: string): Qualification[] {
  const list: Qualification[] = []
  if (random.chance(0.7)) list.push(clause('age', random.pick(AGE_RANGES)))
  if (asked('sex', country) && random.chance(0.25))
    list.push(clause('sex', random.pick([['male'], ['female'], ['male', 'female']])))
  if (asked('pets', country) && random.chance(0.2)) list.push(clause('pets', random.pick(PETS)))
  return list
}

/** None to five quotas. Their ids are the demand partner's own, so plans reuse the same id with another meaning. */
export function generateQuotas(random: Random, plan: SupplierPlan, price: () => Pricing): SupplierQuota[] {
  if (random.chance(0.3)) return []
  const named = random.chance(0.3)
  return quotaCells(random, plan.country).map((qualifications, at, cells) => ({
    id: named ? `${plan.country.toLowerCase()}-cell-${at + 1}` : String(at + 1),
    // the cells need not add up to the plan's own number: a difficulty that the document allows
    available_completes: random.chance(0.08)
      ? 0
      : Math.max(1, Math.round((plan.available_completes / cells.length) * (0.6 + random.next()))),
    status: random.weighted<SupplierQuota['status']>([
      { weight: 88, value: 'OPEN' },
      { weight: 7, value: 'PAUSED' },
      { weight: 5, value: 'CLOSED' },
    ]),
    qualifications,
    ...(random.chance(0.15) ? { additional_qualification_count: random.int(1, 2) } : {}),
    ...(random.chance(0.3) ? { pricing: price() } : {}),
  }))
}

function quotaCells(random: Random, country: string): Qualification[][] {
  const ages = random.pick(AGE_CELLS)
  const bySex = asked('sex', country) ? [clause('sex', ['male']), clause('sex', ['female'])] : []
  const shapes: { weight: number; value: Qualification[][] }[] = [
    { weight: 5, value: ages.map((range) => [clause('age', [range])]) },
    { weight: 1, value: [[]] },
  ]
  if (bySex.length > 0) {
    shapes.push({ weight: 3, value: bySex.map((sex) => [sex]) })
    shapes.push({
      weight: 2,
      value: ['16-44', '45-100'].flatMap((range) => bySex.map((sex) => [clause('age', [range]), sex])),
    })
  }
  if (asked('pets', country)) {
    shapes.push({
      weight: 2,
      value: [[clause('pets', ['1'])], [clause('pets', ['2', '4'])], [clause('pets', ['5', '11'])]],
    })
  }
  return random.weighted(shapes)
}

function clause(question_id: string, answers: readonly string[]): Qualification {
  return { question_id, qualifying_answers: [...answers] }
}

function asked(question: string, country: string): boolean {
  const attribute = findAttribute(question)
  return attribute !== undefined && isAskedIn(attribute, country)
}
