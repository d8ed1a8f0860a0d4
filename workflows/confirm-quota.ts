import { setCurrentDetails, sleep } from '@temporalio/workflow'
import type { ConfirmQuotaInput } from './messages/quota.js'
import { quotaChecks } from './proxies.js'

/** More rounds than this are no longer news but noise: the next reading of the list settles it. */
const MOST_ROUNDS = 100

/**
 * Somebody pushed that a quota closed or opened: the provider is asked whether it is true, and again when more is pushed
 * meanwhile, once in ten seconds at most. PostgreSQL holds the news; this only drives. Its id is
 * `quota:<connection>:<quota>`.
 */
export async function confirmQuota(input: ConfirmQuotaInput): Promise<void> {
  const provider = quotaChecks(input.connection, input.quotaId)
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const waitMs = await provider.confirmQuota(input)
    if (waitMs === null) return
    setCurrentDetails(`Asked ${round} times; asked again in ${Math.ceil(waitMs / 1_000)} s`)
    await sleep(waitMs, { summary: 'not asked more often than every ten seconds' })
  }
}
