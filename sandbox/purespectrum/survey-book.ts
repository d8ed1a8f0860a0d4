import type { Clock } from '../clock.js'
import { generateSurvey } from './generate.js'
import { STATUS, type SupplySurvey } from './wire.js'

export interface SurveyBookOptions {
  readonly seed: string
  readonly surveys: number
  readonly clock: Clock
}

/** The text to send instead of the survey, even if it is broken. */
export type RawAnswer = { readonly text: string }

/** All surveys of the simulated account. Every change increases `mod_on`. */
export class SurveyBook {
  readonly #surveys = new Map<string, SupplySurvey>()
  readonly #raw = new Map<string, RawAnswer>()
  readonly #clock: Clock
  readonly #seed: string
  #made = 0

  constructor({ seed, surveys, clock }: SurveyBookOptions) {
    this.#clock = clock
    this.#seed = seed
    for (let left = surveys; left > 0; left--) this.add()
  }

  get size(): number {
    return this.#surveys.size
  }

  get(id: string): SupplySurvey | undefined {
    return this.#surveys.get(id)
  }

  all(): SupplySurvey[] {
    return [...this.#surveys.values()]
  }

  live(): SupplySurvey[] {
    return this.all().filter((survey) => survey.survey_status === STATUS.live)
  }

  add(): SupplySurvey {
    const survey = generateSurvey(this.#seed, this.#made++, this.#clock.now().getTime())
    this.#surveys.set(String(survey.survey_id), survey)
    return survey
  }

  /**
   * Replaces fields of a survey, which modifies it. A new id makes a new survey of the given fields.
   */
  change(id: string, fields: Partial<SupplySurvey>): SupplySurvey {
    const before = this.#surveys.get(id)
    const base = before ?? {
      ...generateSurvey(this.#seed, this.#made++, this.#clock.now().getTime()),
      survey_id: Number(id),
    }
    const mod_on = Math.max(base.mod_on + 1, this.#clock.now().getTime())
    const changed = { ...base, mod_on, ...fields, survey_id: base.survey_id }
    this.#surveys.set(id, changed)
    return changed
  }

  remove(id: string): void {
    this.#surveys.delete(id)
    this.#raw.delete(id)
  }

  /** Sends this text instead of a survey from now on; null ends that. The survey counts as modified. */
  spoil(id: string, text: string | null): void {
    if (text === null) this.#raw.delete(id)
    else this.#raw.set(id, { text })
    this.change(id, {})
  }

  rawOf(id: string): string | undefined {
    return this.#raw.get(id)?.text
  }

  /** A complete of this supplier: changes its counts, and those of one quota, by 1, or back with -1. */
  countComplete(id: string, by: 1 | -1): void {
    const survey = this.#surveys.get(id)
    if (!survey) return
    const now = this.#clock.now().getTime()
    const { supplier_completes: counts } = survey
    const quotas = survey.quotas.map((quota, place) => (place === 0 ? moved(quota, by, now) : quota))
    this.change(id, {
      quotas,
      last_complete_date: now,
      ...(counts ? { supplier_completes: recounted(counts, by) } : {}),
    })
  }
}

type Quota = SupplySurvey['quotas'][number]

function moved(quota: Quota, by: 1 | -1, now: number): Quota {
  const { currently_open: open, remaining, achieved } = quota.quantities
  const left = Math.max(0, remaining - by)
  const quantities = {
    currently_open: Math.min(left, Math.max(0, open - by)),
    remaining: left,
    achieved: achieved + by,
  }
  return { ...quota, quantities, mod_on: now, last_complete_date: now }
}

/**
 * remaining of the guarantee is guaranteed - achieved, below 0 once it is exceeded (PureSpectrum Supply API, Important
 * Considerations).
 */
function recounted(
  counts: NonNullable<SupplySurvey['supplier_completes']>,
  by: 1 | -1,
): NonNullable<SupplySurvey['supplier_completes']> {
  const achieved = counts.achieved + by
  const guaranteed = counts.guaranteed_allocation
  return {
    ...counts,
    achieved,
    remaining: Math.max(0, counts.needed - achieved),
    ...(guaranteed === undefined ? {} : { guaranteed_allocation_remaining: guaranteed - achieved }),
  }
}
