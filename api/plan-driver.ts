import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { Knex } from '../db/connect.js'
import { findPlanFacts } from '../db/read-models/plan-facts.js'
import { planChanged, planStart, planWorkflowId } from '../workflows/messages/plan.js'

const SIGNAL_DEADLINE_MS = 5_000

/**
 * Starts and signals the workflows of survey plans. PostgreSQL already holds every change that is signalled, so that
 * nothing is lost when Temporal is away: the janitor repeats the signal.
 */
export class PlanDriver {
  constructor(
    private readonly client: Client,
    private readonly knex: Knex,
    private readonly logger: { debug(facts: object, message: string): void },
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Signals a plan's workflow that the plan changed, in the background; best effort. */
  changed(planId: string): void {
    void this.tell(planId).catch((error: unknown) =>
      this.logger.debug({ plan: planId, err: error }, 'Temporal did not get the signal; the janitor repeats it'),
    )
  }

  /**
   * As `changed`, awaited. Starts the workflow when it does not run, for a new plan and for one that is opened again.
   * @throws when Temporal is away
   */
  async tell(planId: string): Promise<void> {
    const facts = await findPlanFacts(this.knex, planId)
    // a deleted plan was closed before: its workflow has ended, or the janitor signals it
    if (facts === null) return
    await this.client.connection.withDeadline(this.nowMs() + SIGNAL_DEADLINE_MS, async () => {
      try {
        await this.client.workflow.getHandle(planWorkflowId(planId)).signal(planChanged)
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error
        // another process that started it in between did so after our commit: its first read sees the change
        await this.client.workflow.start('fieldPlan', { ...planStart(facts), workflowIdConflictPolicy: 'USE_EXISTING' })
      }
    })
  }
}
