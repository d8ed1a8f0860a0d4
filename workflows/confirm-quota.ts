import { setCurrentDetails, sleep } from '@temporalio/workflow'
import type { ConfirmQuotaInput } from './messages/quota.js'
import { quotaChecks } from './proxies.js'

/** After this many rounds the notifications are noise: the next poll of the list corrects the quota. */
const MOST_ROUNDS = 100

/**
 * A provider notified that a quota closed or opened: calls the provider to confirm it, and again when more
 * notifications arrive meanwhile, at most once per ten seconds. PostgreSQL stores the notifications; this workflow only
 * drives. Its id is `quota:<connection>:<quota>`.
 */
export async function confirmQuota(input: ConfirmQuotaInput): Promise<void> {
  const provider = quotaChecks(input.connection, input.quotaId)
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const waitMs = await provider.confirmQuota(input)
    if (waitMs === null) return
    setCurrentDetails(`Checked ${round} times; next check in ${Math.ceil(waitMs / 1_000)} s`)
    await sleep(waitMs, { summary: 'at most one check per ten seconds' })
  }
}
