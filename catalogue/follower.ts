import { setImmediate as othersFirst, setTimeout as sleep } from 'node:timers/promises'
import type { OwnOutcomes } from '../domain/ranking.js'
import type { CatalogueConnection } from './connections.js'
import { MatchingIndex } from './index/matching-index.js'
import { OwnFiguresBook } from './own-figures.js'
import { entryOfRow, isHeld } from './rows.js'
import type { CatalogueRow, CatalogueSource, ConnectionHealth } from './source.js'

/** The log; the product's logger fits. */
export interface CatalogueLog {
  info(fields: Readonly<Record<string, unknown>>, event: string): void
  warn(fields: Readonly<Record<string, unknown>>, event: string): void
}

export interface FollowerOptions {
  readonly source: CatalogueSource
  readonly clock: () => Date
  readonly log: CatalogueLog
  /** Milliseconds between reads of the source without a wake-up [500]. */
  readonly lookEveryMs?: number
  /** At most this many rows per read [1000]. */
  readonly pageSize?: number
  /** Milliseconds between counts of our own outcomes [30000]. */
  readonly outcomesEveryMs?: number
}

/** How fresh the catalogue in memory is. */
export interface CatalogueState {
  /** False until all surveys are loaded; do not answer matches before. */
  readonly ready: boolean
  /** The newest revision in the index. */
  readonly revision: bigint
  /** Milliseconds since it was last up to date; Infinity before it is ready. */
  readonly ageMs: number
  /** Surveys in the index, open or paused. */
  readonly surveys: number
}

/** Backoff after a failed read; short, because matches answer from the index meanwhile. */
const RETRY_MS = [100, 250, 500, 1_000, 2_000]

/**
 * Keeps the index equal to the source: loads all surveys first, then each change by revision. Reads on a wake-up and on
 * a timer. While the source is unavailable the index answers from memory, and `ageMs` grows.
 */
export class CatalogueFollower {
  readonly index = new MatchingIndex()
  private readonly figures = new OwnFiguresBook()
  private health = new Map<string, ConnectionHealth>()
  private revision = 0n
  private ready = false
  private upToDateAt: number | null = null
  private outcomesAt = Number.NEGATIVE_INFINITY
  private failures = 0
  private running: Promise<void> | null = null
  private renewing: Promise<void> | null = null
  private readonly stopping = new AbortController()
  private nap = new AbortController()
  private woken = false

  constructor(
    private readonly options: FollowerOptions,
    private readonly connections: ReadonlyMap<string, CatalogueConnection>,
  ) {}

  /** Resolves once all surveys are loaded. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.running ??= this.follow(resolve)
    })
  }

  async close(): Promise<void> {
    this.stopping.abort()
    this.nap.abort()
    await this.running
    await this.renewing
  }

  state(): CatalogueState {
    const { upToDateAt, ready, revision } = this
    const ageMs = upToDateAt === null ? Number.POSITIVE_INFINITY : Math.max(0, this.now() - upToDateAt)
    return { ready, revision, ageMs, surveys: this.index.size }
  }

  healthOf(connection: string): ConnectionHealth | undefined {
    return this.health.get(connection)
  }

  /** Outcomes of our own sessions in a survey, also of one that is not in the catalogue; null = none ended. */
  outcomesOf(surveyId: string): OwnOutcomes | null {
    return this.figures.of(surveyId).outcomes
  }

  private async follow(onReady: () => void): Promise<void> {
    const { source, lookEveryMs = 500 } = this.options
    const unsubscribe = source.onWake(() => {
      this.woken = true
      this.nap.abort()
    })
    try {
      while (!this.stopping.signal.aborted) {
        this.woken = false
        const looked = await this.look()
        if (this.ready) onReady()
        if (looked && this.woken) continue
        await this.rest(looked ? lookEveryMs : (RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] ?? lookEveryMs))
      }
    } finally {
      unsubscribe()
      onReady()
    }
  }

  /** @returns false when the source could not be read */
  private async look(): Promise<boolean> {
    try {
      await this.readHealth()
      await this.readChanges()
      await this.readFigures()
      // wait for the first build only; later builds run in the background, so that reading changes does not wait
      const renewed = this.renew()
      if (!this.ready) await renewed
      if (!this.ready) this.options.log.info({ ...this.position(), surveys: this.index.size }, 'catalogue loaded')
      else if (this.failures > 0) this.options.log.info(this.position(), 'catalogue followed again')
      this.ready = true
      this.failures = 0
      return true
    } catch (error) {
      // log once per outage: one event at its start, one at its end
      if (this.failures++ === 0) this.options.log.warn({ err: error, ...this.position() }, 'catalogue cannot be read')
      return false
    }
  }

  private renew(): Promise<void> {
    this.renewing ??= this.index
      .renew(() => othersFirst())
      .catch((error: unknown) => this.options.log.warn({ err: error }, 'index rebuild failed'))
      .finally(() => {
        this.renewing = null
      })
    return this.renewing
  }

  private async readChanges(): Promise<void> {
    const { source, pageSize = 1_000 } = this.options
    for (;;) {
      // take the time before the read, because it misses what is committed while it runs
      const asOf = this.now()
      const rows = await source.loadAfter(this.revision, pageSize)
      for (const row of rows) this.apply(row)
      if (rows.length < pageSize) {
        this.upToDateAt = asOf
        return
      }
      if (this.stopping.signal.aborted) return
    }
  }

  private apply(row: CatalogueRow): void {
    const entry = isHeld(row) ? entryOfRow(row, this.connections.get(row.connection)) : null
    if (entry === null) this.index.remove(row.surveyId)
    else this.index.put(entry, this.figures.of(row.surveyId))
    if (row.revision > this.revision) this.revision = row.revision
  }

  private async readHealth(): Promise<void> {
    const rows = await this.options.source.connections()
    this.health = new Map(rows.map((row) => [row.connection, row]))
  }

  private async readFigures(): Promise<void> {
    const { source, outcomesEveryMs = 30_000 } = this.options
    const changed = this.figures.replaceInFlight(await source.inFlight())
    if (this.now() - this.outcomesAt >= outcomesEveryMs) {
      this.outcomesAt = this.now()
      changed.push(...this.figures.replaceOutcomes(await source.outcomes()))
    }
    for (const surveyId of new Set(changed)) this.index.setFigures(surveyId, this.figures.of(surveyId))
  }

  private async rest(milliseconds: number): Promise<void> {
    this.nap = new AbortController()
    if (this.stopping.signal.aborted) return
    await sleep(milliseconds, undefined, { signal: this.nap.signal }).catch(() => undefined)
  }

  private position(): { revision: string } {
    return { revision: this.revision.toString() }
  }

  private now(): number {
    return this.options.clock().getTime()
  }
}
