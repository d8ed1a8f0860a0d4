import type { Journal } from '../journal.js'
import { createRandom, type Random, type Weighted } from '../random.js'
import type { SurveyBook } from './survey-book.js'
import { STATUS, type SupplySurvey } from './wire.js'

export interface SurveyChange {
  readonly survey: string
  readonly change: ChangeKind
}
type ChangeKind = 'price' | 'throttle' | 'fill' | 'pause' | 'resume' | 'close' | 'allocation' | 'performance' | 'new'

const KINDS: readonly Weighted<ChangeKind>[] = [
  { weight: 24, value: 'price' },
  { weight: 20, value: 'throttle' },
  { weight: 20, value: 'fill' },
  { weight: 6, value: 'pause' },
  { weight: 10, value: 'resume' },
  { weight: 4, value: 'close' },
  { weight: 6, value: 'allocation' },
  { weight: 10, value: 'performance' },
]

/** Changes the inventory over time: prices, throttles, counts and states change; new surveys replace closed ones. */
export function createTicker(seed: string, surveys: SurveyBook, journal: Journal): { tick(): SurveyChange[] } {
  const random = createRandom(`${seed}/purespectrum/ticker`)
  const atFirst = surveys.size

  return {
    tick() {
      const changes: SurveyChange[] = []
      const all = surveys.all().filter((survey) => surveys.rawOf(String(survey.survey_id)) === undefined)
      for (let left = Math.min(8, Math.max(2, Math.round(all.length / 60))); left > 0 && all.length > 0; left--) {
        const kind = random.weighted(KINDS)
        const survey = random.pick(all)
        const fields = changed(kind, survey, random)
        if (!fields) continue
        surveys.change(String(survey.survey_id), fields)
        changes.push({ survey: String(survey.survey_id), change: kind })
      }
      for (let missing = Math.floor(atFirst * 0.9) - surveys.live().length; missing > 0; missing--)
        changes.push({ survey: String(surveys.add().survey_id), change: 'new' })
      for (const gone of surveys
        .all()
        .filter((one) => one.survey_status === STATUS.closed)
        .slice(0, Math.max(0, surveys.size - atFirst * 3)))
        surveys.remove(String(gone.survey_id))
      if (changes.length > 0) journal.record('purespectrum.ticked', { changes })
      return changes
    },
  }
}

function changed(kind: ChangeKind, survey: SupplySurvey, random: Random): Partial<SupplySurvey> | null {
  const live = survey.survey_status === STATUS.live
  const counts = survey.supplier_completes
  switch (kind) {
    case 'price':
      return live ? { cpi: Math.max(10, Math.round(survey.cpi * random.int(80, 125))) / 100 } : null
    case 'throttle':
      return live && survey.quotas.length > 0 ? { quotas: throttled(survey, random) } : null
    case 'fill':
      return live && survey.quotas.length > 0 ? { quotas: filled(survey, random) } : null
    case 'pause':
      return live ? { survey_status: STATUS.paused } : null
    case 'resume':
      return survey.survey_status === STATUS.paused ? { survey_status: STATUS.live, soft_launch: false } : null
    case 'close':
      return survey.survey_status === STATUS.closed ? null : { survey_status: STATUS.closed }
    case 'allocation': {
      if (!live || counts?.guaranteed_allocation === undefined) return null
      const guaranteed = random.int(1, counts.needed)
      return {
        supplier_completes: {
          ...counts,
          guaranteed_allocation: guaranteed,
          guaranteed_allocation_remaining: guaranteed - counts.achieved,
        },
      }
    }
    case 'performance': {
      const { overall } = survey.survey_performance
      return { survey_performance: { overall, last_block: { ir: random.int(5, 80), loi: random.int(3, 30) } } }
    }
    default:
      return null
  }
}

function throttled(survey: SupplySurvey, random: Random): SupplySurvey['quotas'] {
  const at = random.int(0, survey.quotas.length - 1)
  return survey.quotas.map((quota, place) => {
    if (place !== at) return quota
    const { remaining, currently_open: open } = quota.quantities
    return {
      ...quota,
      quantities: { ...quota.quantities, currently_open: open > 0 ? 0 : random.int(Math.min(1, remaining), remaining) },
    }
  })
}

/** Other suppliers' panelists complete some. */
function filled(survey: SupplySurvey, random: Random): SupplySurvey['quotas'] {
  const at = random.int(0, survey.quotas.length - 1)
  return survey.quotas.map((quota, place) => {
    if (place !== at) return quota
    const remaining = Math.max(0, quota.quantities.remaining - random.int(1, 4))
    const open = Math.min(quota.quantities.currently_open, remaining)
    return { ...quota, quantities: { ...quota.quantities, remaining, currently_open: open } }
  })
}
