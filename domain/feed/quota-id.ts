import type { Quota, Survey } from '../survey.js'

/** Between a quota's own id and the number of one of its combinations. */
const MARK = '~'

/** The id under which one combination of a layered quota is told: `1234~2` is the second combination of quota 1234. */
export function combinationId(quotaId: string, number: number): string {
  return `${quotaId}${MARK}${number}`
}

/** The quota that a combination belongs to; an id without a combination's number is returned as it is. */
export function baseQuotaId(id: string): string {
  return /^(.+)~[1-9]\d*$/.exec(id)?.[1] ?? id
}

/**
 * The quota that a panel means by an id it read in the feed: the provider's own id, or one combination of a layered
 * quota. A provider's id comes first, so that one which looks like a combination means itself.
 * @returns undefined when the survey has no such quota
 */
export function quotaNamed(survey: Pick<Survey, 'quotas'>, id: string): Quota | undefined {
  const named = (wanted: string) => survey.quotas.find(({ quotaId }) => quotaId === wanted)
  return named(id) ?? named(baseQuotaId(id))
}
