import type { Money } from '../money.js'
import type { Clause, Quota, QuotaStatus, Survey } from '../survey.js'
import { flattenQuota } from './flatten-quota.js'
import { translateClause, type Words } from './translate-clause.js'

/** Clauses on the gateway's own questions, and the number of other clauses. */
export interface Translated {
  readonly clauses: readonly Clause[]
  /** The gateway's additional_qualification_count. */
  readonly additional: number
}

export interface TranslatedQuota extends Translated {
  /** The provider's quota id, or that of a combination of its layers. */
  readonly id: string
  readonly status: QuotaStatus
  readonly available: number
  /** Null = the survey's price. */
  readonly price: Money | null
}

/**
 * A survey in the gateway's vocabulary, as far as it can be expressed (docs/feed.md, How surveys of providers are
 * said).
 */
export interface TranslatedSurvey extends Translated {
  readonly available: number
  readonly quotas: readonly TranslatedQuota[]
}

/** Translates an upstream survey. `additional` counts the qualifications that the translated clauses do not express. */
export function translateSurvey(survey: Survey, words: Words): TranslatedSurvey {
  const available = availableOf(survey)
  return {
    ...translateAll(survey.clauses, survey.additionalQualifications, words, survey.country),
    available,
    quotas: survey.quotas.flatMap((quota) => translateQuota(quota, available, words, survey.country)),
  }
}

function translateQuota(quota: Quota, ofSurvey: number, words: Words, country: string): TranslatedQuota[] {
  return flattenQuota(quota).map((flat) => ({
    id: flat.id,
    status: flat.full ? 'closed' : quota.status,
    available: flat.full ? 0 : wholeCount(flat.available ?? ofSurvey),
    price: quota.price ?? null,
    ...translateAll(flat.clauses, quota.additionalQualifications + flat.unsaid, words, country),
  }))
}

function translateAll(clauses: readonly Clause[], hidden: number, words: Words, country: string): Translated {
  const translated = clauses.flatMap((clause) => translateClause(clause, words, country) ?? [])
  return { clauses: translated, additional: hidden + clauses.length - translated.length }
}

/**
 * Remaining completes of a whole survey. Without a figure of the provider it is the sum of the open quotas. If a quota
 * has no figure either, it is at least 1: the number is unknown, and a panel that plans by this figure sends few
 * panelists.
 */
export function availableOf(survey: Pick<Survey, 'availableCompletes' | 'quotas'>): number {
  if (survey.availableCompletes !== null) return wholeCount(survey.availableCompletes)
  const open = survey.quotas.filter(({ status }) => status === 'open').map(({ available }) => available)
  const known = open.filter((available) => available !== null)
  if (survey.quotas.length > 0 && known.length === open.length) {
    return known.reduce((sum, available) => sum + wholeCount(available), 0)
  }
  return Math.max(1, ...known.map(wholeCount))
}

const wholeCount = (count: number): number => Math.max(0, Math.trunc(count))
