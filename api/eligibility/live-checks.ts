import type { Catalogue } from '../../catalogue/catalogue.js'
import type { Difference } from '../../catalogue/compare.js'
import type { CatalogueQuery } from '../../catalogue/match-all.js'
import type { Logger } from '../../platform/logger.js'
import type { Turns } from '../http/turns.js'

/** Decide one match in this many twice: this adds at most about 2 % of work for the process (docs/matching.md). */
const ONE_IN = 4_000
/** Log at most this many differences of one check, because one fault may affect a whole country. */
const MOST_LOGGED = 20

interface Parts {
  readonly catalogue: Pick<Catalogue, 'compare'>
  readonly turns: Pick<Turns, 'next'>
  readonly logger: Pick<Logger, 'error' | 'warn'>
  /** From 0 to 1. */
  readonly random?: () => number
}

/** The results of the checks of this process. */
export interface CheckCounts {
  readonly same: number
  readonly different: number
  readonly latest: Difference | null
}

/**
 * Compares the matching index with the readable decision while it answers: decides a sample of the matches again, after
 * their answer, in slices between other requests. A difference is a fault of ours: logs, counts and shows it.
 */
export class LiveChecks {
  #same = 0
  #different = 0
  #latest: Difference | null = null
  #underWay: Promise<void> | null = null

  constructor(private readonly parts: Parts) {}

  /** Checks a match if it falls into the sample; returns immediately. Runs at most one check at a time. */
  consider(query: CatalogueQuery, panel: string): void {
    const { random = Math.random } = this.parts
    if (this.#underWay !== null || random() * ONE_IN >= 1) return
    this.#underWay = this.#check(query, panel).finally(() => {
      this.#underWay = null
    })
  }

  counts(): CheckCounts {
    return { same: this.#same, different: this.#different, latest: this.#latest }
  }

  /** Resolves when no check is under way. */
  async settled(): Promise<void> {
    await this.#underWay
  }

  async #check(query: CatalogueQuery, panel: string): Promise<void> {
    const { catalogue, turns, logger } = this.parts
    try {
      // the first turn comes after the response to this match
      await turns.next(panel)
      const differences = await catalogue.compare(query, () => turns.next(panel))
      if (differences.length === 0) this.#same += 1
      else this.#different += 1
      for (const difference of differences.slice(0, MOST_LOGGED)) {
        this.#latest = difference
        logger.error(
          { survey: difference.surveyId, rule: difference.rule, differences: differences.length },
          'index and decision differ',
        )
      }
    } catch (error) {
      logger.warn({ err: error }, 'check of a match failed')
    }
  }
}
