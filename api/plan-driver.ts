import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { Knex } from '../db/connect.js'
import { findPlanFacts } from '../db/read-models/plan-facts.js'
import { planChanged, planStart, planWorkflowId } from '../workflows/messages/plan.js'

const SIGNAL_DEADLINE_MS = 5_000

/**
 * What the API asks of Temporal about survey plans. PostgreSQL already knows everything said here, so that nothing is
 * lost when Temporal is away: the janitor says it again.
 */
export class PlanDriver {
  constructor(
    private readonly client: Client,
    private readonly knex: Knex,
    private readonly logger: { debug(facts: object, message: string): void },
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Tells a plan's workflow that the plan changed, without making anybody wait; best effort. */
  changed(planId: string): void {
    void this.tell(planId).catch((error: unknown) =>
      this.logger.debug({ plan: planId, err: error }, 'Temporal was not told; the janitor will'),
    )
  }

  /** As `changed`, awaited: one that is not running is started, with a new plan and with one that is opened again. @throws when Temporal is away */
  async tell(planId: string): Promise<void> {
    const facts = await findPlanFacts(this.knex, planId)
    // a deleted plan was closed before: its workflow has ended, or the janitor has it look
    if (facts === null) return
    await this.client.connection.withDeadline(this.nowMs() + SIGNAL_DEADLINE_MS, async () => {
      try {
        await this.client.workflow.getHandle(planWorkflowId(planId)).signal(planChanged)
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error
        // whoever started it in between did so after our commit: its first look sees the change
        await this.client.workflow.start('fieldPlan', { ...planStart(facts), workflowIdConflictPolicy: 'USE_EXISTING' })
      }
    })
  }
}
