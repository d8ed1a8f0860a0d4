import { findQuotaOwner, keepQuotaNews } from '../../db/stores/quota-news-store.js'
import { QUEUES } from '../../domain/task-queues.js'
import type { QuotaNews } from '../../providers/adapter.js'
import type { Upstream } from '../../providers/upstream.js'
import { quotaWorkflowId } from '../../workflows/messages/quota.js'
import type { ApiDependencies } from '../dependencies.js'
import { connectionsOfAccount } from './account.js'

const START_DEADLINE_MS = 5_000

/**
 * A quota closed or opened, says somebody. Quotas that are not ours are forgotten at once; news about ours is kept, and
 * the provider is asked whether it is true before anything changes. Telling Temporal is best effort: the next reading of
 * the provider's list says the same.
 */
export async function receiveQuotaNews(deps: ApiDependencies, upstream: Upstream, news: QuotaNews): Promise<void> {
  const connection = await findQuotaOwner(deps.knex, connectionsOfAccount(deps, upstream), news)
  if (connection === null) return
  const ask = await keepQuotaNews(deps.knex, connection, news, deps.clock())
  if (!ask) return
  const input = { connection, quotaId: news.quotaId }
  void deps.temporal.connection
    .withDeadline(Date.now() + START_DEADLINE_MS, () =>
      deps.temporal.workflow.start('confirmQuota', {
        workflowId: quotaWorkflowId(input),
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        taskQueue: QUEUES.supply,
        args: [input],
        staticSummary: `${connection}: is quota ${news.quotaId} still live?`,
      }),
    )
    .catch((error: unknown) => deps.logger.warn({ connection, err: error }, 'nobody was sent to ask about a quota'))
}
