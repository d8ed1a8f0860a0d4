import type { Clock } from '../clock.js'
import { createRandom } from '../random.js'
import { generateSurvey, type PanelSource } from './generate.js'
import type { Quota, Survey } from './wire.js'

export interface QuotaChange {
  readonly survey: Survey
  readonly quota: Quota
  readonly live: boolean
}

interface Placed {
  readonly survey: Survey
  readonly quota: Quota
}

/** The surveys of one panel, their counts, and the cache that the document describes. */
export class Inventory {
  private readonly surveys = new Map<string, Survey>()
  /** Quotas that are not live although their survey is. */
  private readonly closed = new Set<number>()
  private cached: { text: string; expires: number } | null = null
  private next: number
  private readonly random

  constructor(
    private readonly seed: string,
    readonly panel: PanelSource,
    private readonly count: number,
    private readonly clock: Clock,
    /** How long a list stays the same, in simulated milliseconds. */
    private readonly cacheMs: number,
  ) {
    this.random = createRandom(`${seed}/toluna/${panel.guid}/ticker`)
    for (let index = 0; index < count; index++) this.put(generateSurvey(seed, panel, index, clock.now()))
    this.next = count
  }

  all(): Survey[] {
    return [...this.surveys.values()]
  }

  put(survey: Survey): void {
    this.surveys.set(keyOf(survey), survey)
    this.cached = null
  }

  remove(key: string): boolean {
    this.cached = null
    return this.surveys.delete(key)
  }

  find(quotaId: number): Placed | undefined {
    for (const survey of this.surveys.values()) {
      const quota = survey.Quotas.find(({ QuotaID }) => QuotaID === quotaId)
      if (quota) return { survey, quota }
    }
    return undefined
  }

  isLive(quotaId: number): boolean {
    return !this.closed.has(quotaId)
  }

  /** Closes or opens a quota immediately; the list shows it once its cache has expired. */
  setLive(quotaId: number, live: boolean): QuotaChange | undefined {
    const placed = this.find(quotaId)
    if (!placed) return undefined
    if (live) this.closed.delete(quotaId)
    else this.closed.add(quotaId)
    return { ...placed, live }
  }

  /** Changes a quota and its survey by one complete. @returns the change, when that closed the quota */
  complete(quotaId: number, by: 1 | -1): QuotaChange | undefined {
    const placed = this.find(quotaId)
    if (!placed) return undefined
    const { survey, quota } = placed
    survey.EstimatedCompletesRemaining = Math.max(0, survey.EstimatedCompletesRemaining - by)
    quota.EstimatedCompletesRemaining = Math.max(0, quota.EstimatedCompletesRemaining - by)
    return quota.EstimatedCompletesRemaining === 0 ? this.setLive(quotaId, false) : undefined
  }

  /** The answer of Get Quotas as text: the same until the cache expires. @param fresh as if it had just expired */
  list(fresh = false): string {
    const now = this.clock.now().getTime()
    if (this.cached !== null && !fresh && now < this.cached.expires) return this.cached.text
    const expires = now + this.cacheMs
    const surveys = this.all().flatMap((survey) => {
      const quotas = survey.Quotas.filter(
        (quota) => this.isLive(quota.QuotaID) && quota.EstimatedCompletesRemaining > 0,
      )
      return quotas.length === 0 ? [] : [{ ...survey, Quotas: quotas }]
    })
    // a blank instead of the T, and no zone, as in the document's sample
    const stamp = new Date(expires).toISOString().replace('T', ' ').replace('Z', '')
    const text = JSON.stringify({ CountryID: this.panel.countryId, CacheExpires: stamp, Surveys: surveys })
    this.cached = { text, expires }
    return text
  }

  /** One step of change: prices move, quotas fill, close and open again, surveys leave and new ones appear. */
  tick(): { changes: { survey: string; change: string }[]; quotas: QuotaChange[] } {
    const changes: { survey: string; change: string }[] = []
    const quotas: QuotaChange[] = []
    const all = this.all()
    for (let left = Math.max(1, Math.round(all.length / 60)); left > 0 && all.length > 0; left--) {
      const survey = this.random.pick(all)
      const quota = this.random.pick(survey.Quotas)
      const change = this.random.pick(['price', 'fill', 'fill', 'quota', 'leave', 'length'] as const)
      changes.push({ survey: keyOf(survey), change })
      if (change === 'price') survey.Price.Amount = this.random.int(40, 600) / 100
      if (change === 'length') survey.LOI = this.random.int(3, 28)
      if (change === 'leave') this.surveys.delete(keyOf(survey))
      const flipped =
        change === 'quota'
          ? this.setLive(quota.QuotaID, !this.isLive(quota.QuotaID))
          : change === 'fill'
            ? this.complete(quota.QuotaID, 1)
            : undefined
      if (flipped) quotas.push(flipped)
    }
    while (this.surveys.size < this.count) {
      const survey = generateSurvey(this.seed, this.panel, this.next++, this.clock.now())
      this.surveys.set(keyOf(survey), survey)
      changes.push({ survey: keyOf(survey), change: 'new' })
    }
    return { changes, quotas }
  }
}

export const keyOf = ({ SurveyID, WaveID }: Survey): string => `${SurveyID}:${WaveID}`
