import type { QuotaStanding } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { getJson, segment, type TolunaCall } from './client.js'
import { resultCode } from './result-codes.js'
import { quotaStatus } from './wire.js'

/** Classes that are about the quota itself, not about us, the network or the moment. */
const ABOUT_THE_QUOTA: ReadonlySet<string> = new Set(['quota', 'survey'])

/**
 * GET QuotaStatus/{quotaId} (Toluna External Sample, Get Quota Details): whether the quota is live and ours. The
 * document does not show an answer; its newer page shows the quota itself, or a result code. A described quota is live
 * unless it says otherwise or has nothing left.
 * @throws ProviderError when the answer is not about the quota: our key, their error, the network
 */
export async function checkQuota(call: TolunaCall, quotaId: string): Promise<QuotaStanding> {
  try {
    const read = quotaStatus.safeParse(await getJson(call, `/QuotaStatus/${segment(quotaId)}`, 'GET QuotaStatus'))
    if (!read.success) throw new ProviderError('misread', 'the GET QuotaStatus answer is not a quota')
    const { quotaid, islive, estimatedcompletesremaining: left } = read.data
    if (quotaid !== null && quotaid !== undefined && quotaid !== quotaId) {
      throw new ProviderError('misread', 'the GET QuotaStatus answer is about another quota')
    }
    if (islive === false) return { live: false, reason: 'not live', effects: NOT_LIVE }
    if (left !== null && left !== undefined && left <= 0) return { live: false, reason: 'full', effects: NOT_LIVE }
    return { live: true, reason: 'live', effects: [] }
  } catch (error) {
    if (!(error instanceof ProviderError) || error.evidence.code === undefined) throw error
    const { class: about, effects } = resultCode(Number(error.evidence.code))
    if (!ABOUT_THE_QUOTA.has(about)) throw error
    return { live: false, reason: error.message, effects }
  }
}

const NOT_LIVE = [{ kind: 'drop-quota', until: 'refresh' }] as const
