import { createRandom, inShare, type Random, type Weighted } from '../random.js'
import { md5 } from './account.js'

export interface SandboxSurvey {
  /** "The unique ID for each survey"; its md5 is the hashed one. */
  number: number
  id: string
  /** Alpha-2. */
  country: string
  /** Whole cents of a dollar; null = the answer has no cpi for it. */
  cpiCents: number | null
  loi: number
  ir: number
  /** The device it is for; null = every device, known or not. */
  device: 'desktop' | 'mobile' | null
  sex: '1' | '2' | null
  ages: { from: number; to: number } | null
  open: boolean
  /** Completes still needed. */
  remaining: number
}

export interface SandboxOffer {
  number: number
  id: string
  headline: string
  cpiCents: number
}

const COUNTRIES: readonly Weighted<string>[] = [
  { weight: 40, value: 'US' },
  { weight: 20, value: 'GB' },
  { weight: 14, value: 'DE' },
  { weight: 11, value: 'CA' },
  { weight: 9, value: 'FR' },
  { weight: 6, value: 'AU' },
]

/** The surveys of a seed, and how they change. */
export class Inventory {
  readonly surveys: SandboxSurvey[] = []
  readonly offers: readonly SandboxOffer[]
  readonly #random: Random
  #next = 1

  constructor(
    private readonly seed: string,
    private readonly size: number,
  ) {
    this.#random = createRandom(`${seed}/dynata/ticker`)
    for (let left = size; left > 0; left--) this.add()
    const random = createRandom(`${seed}/dynata/offers`)
    this.offers = Array.from({ length: 6 }, (_, at) => ({
      number: 9_001 + at,
      id: md5(String(9_001 + at)),
      headline: `Offer Title ${1_557_882_931 + at}`,
      cpiCents: random.int(50, 600),
    }))
  }

  find(id: string): SandboxSurvey | undefined {
    return this.surveys.find((survey) => survey.id === id)
  }

  openCount(): number {
    return this.surveys.filter((survey) => survey.open).length
  }

  add(): SandboxSurvey {
    const number = this.#next++
    const random = createRandom(`${this.seed}/dynata/survey/${number}`)
    const from = random.int(16, 55)
    // "a default of 10 is provided", "a default of 20": without a quote or a measurement
    const measured = random.chance(0.8)
    const survey: SandboxSurvey = {
      number,
      id: md5(String(number)),
      country: random.weighted(COUNTRIES),
      cpiCents: random.chance(0.96) ? random.int(40, 900) : null,
      loi: measured ? random.int(2, 35) : 10,
      ir: measured ? random.int(5, 90) : 20,
      device: random.chance(0.25) ? random.pick(['desktop', 'mobile'] as const) : null,
      sex: random.chance(0.2) ? random.pick(['1', '2'] as const) : null,
      ages: random.chance(0.4) ? { from, to: from + random.int(10, 40) } : null,
      open: true,
      remaining: random.int(20, 400),
    }
    this.surveys.push(survey)
    return survey
  }

  /** One step of change: prices move, surveys fill, close and appear. @returns what happened */
  tick(): { survey: number; change: string }[] {
    const changes: { survey: number; change: string }[] = []
    for (let left = Math.max(1, Math.round(this.surveys.length / 60)); left > 0; left--) {
      const survey = this.#random.pick(this.surveys)
      const change = this.#random.pick(['price', 'fill', 'close', 'performance'] as const)
      if (!survey.open) continue
      if (change === 'price') survey.cpiCents = this.#random.int(40, 900)
      if (change === 'fill') survey.remaining = Math.max(0, survey.remaining - this.#random.int(1, 20))
      if (change === 'performance') survey.ir = this.#random.int(5, 90)
      if (change === 'close' && this.#random.chance(0.7)) continue
      if (change === 'close' || survey.remaining === 0) survey.open = false
      changes.push({ survey: survey.number, change })
    }
    while (this.openCount() < this.size * 0.9) changes.push({ survey: this.add().number, change: 'new' })
    // drop the oldest closed surveys, so that a long run does not grow without limit
    if (this.surveys.length > this.size * 3) {
      const kept = this.surveys.filter((survey, at) => survey.open || at > this.surveys.length - this.size)
      this.surveys.splice(0, this.surveys.length, ...kept)
    }
    return changes
  }

  /** The surveys that are open to a person: by targeting, and a random share per person. */
  matchFor(person: {
    endUser: string
    country: string
    sex: string | null
    age: number | null
    device: 'desktop' | 'mobile' | null
  }): SandboxSurvey[] {
    return this.surveys.filter(
      (survey) =>
        survey.open &&
        survey.country === person.country &&
        (survey.sex === null || survey.sex === person.sex) &&
        (survey.ages === null ||
          (person.age !== null && survey.ages.from <= person.age && person.age <= survey.ages.to)) &&
        // "Projects with device targeting will not be included in match results if no user_agent is provided"
        (survey.device === null || survey.device === person.device) &&
        inShare(`match/${person.endUser}`, survey.id, 0.6),
    )
  }
}
