import { noteQuotaNews } from '../../commands/supply/note-quota-news.js'
import { QUEUES } from '../../domain/task-queues.js'
import type { QuotaNews } from '../../providers/adapter.js'
import type { Upstream } from '../../providers/upstream.js'
import { quotaWorkflowId } from '../../workflows/messages/quota.js'
import type { ApiDependencies } from '../dependencies.js'

const START_DEADLINE_MS = 5_000

/**
 * Stores what a provider reports about a quota and starts the workflow that verifies it with the provider. The start is
 * best effort, because the next poll of the provider's list reports the same.
 */
export async function receiveQuotaNews(deps: ApiDependencies, upstream: Upstream, news: QuotaNews): Promise<void> {
  const connection = await noteQuotaNews(deps, upstream, news)
  if (connection === null) return
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
    .catch((error: unknown) =>
      deps.logger.warn({ connection, err: error }, 'the workflow that verifies a quota did not start'),
    )
}
