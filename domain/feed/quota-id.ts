import type { Quota, Survey } from '../survey.js'

/** Separates a quota's own id from the number of a combination. */
const MARK = '~'

/** The id of one combination of a layered quota: `1234~2` is the second combination of quota 1234. */
export function combinationId(quotaId: string, number: number): string {
  return `${quotaId}${MARK}${number}`
}

/** The quota of a combination; returns an id without a combination's number unchanged. */
export function baseQuotaId(id: string): string {
  return /^(.+)~[1-9]\d*$/.exec(id)?.[1] ?? id
}

/**
 * Finds the quota of an id from the feed: the provider's own id, or one combination of a layered quota. Tries the
 * provider's id first, because such an id may look like a combination.
 * @returns undefined = quota not found in the survey
 */
export function quotaNamed(survey: Pick<Survey, 'quotas'>, id: string): Quota | undefined {
  const named = (wanted: string) => survey.quotas.find(({ quotaId }) => quotaId === wanted)
  return named(id) ?? named(baseQuotaId(id))
}
