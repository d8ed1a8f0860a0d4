import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { factsToShow, type SessionRow } from '../db/rows/session-row.js'
import { QUEUES } from '../domain/task-queues.js'
import type { Logger } from '../platform/logger.js'
import {
  aboutSession,
  claimWorkflowId,
  entryOpened,
  outcomeArrived,
  postbackWorkflowId,
  respondentEntered,
  type SessionPosition,
  sessionWorkflowId,
} from '../workflows/messages/session.js'
import { sessionStart } from '../workflows/messages/session-start.js'

/** How long a create waits for the provider's entry; the shorter wait applies when Temporal was away a moment ago. */
const OPEN_WAIT_MS = 8_000
const OPEN_WAIT_WHEN_AWAY_MS = 1_000
const AWAY_FOR_MS = 5_000
/** How long a create waits for the start of a workflow alone. */
const START_WAIT_MS = 3_000
const SIGNAL_DEADLINE_MS = 5_000

/**
 * Starts and signals the workflows of sessions. PostgreSQL already holds everything that is signalled, so that nothing
 * is lost when Temporal is away: the janitor repeats the signal.
 */
export class SessionDriver {
  #awayUntil = 0

  constructor(
    private readonly client: Client,
    private readonly logger: Logger,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Starts the session's workflow and waits for the entry. @returns null when there is no answer in time */
  async open(row: SessionRow): Promise<SessionPosition | null> {
    const waitMs = this.nowMs() < this.#awayUntil ? OPEN_WAIT_WHEN_AWAY_MS : OPEN_WAIT_MS
    const startWorkflowOperation = new WithStartWorkflowOperation('respondentSession', {
      ...sessionStart(factsToShow(row)),
      workflowIdConflictPolicy: 'USE_EXISTING',
    })
    try {
      const position = await this.client.connection.withDeadline(this.nowMs() + waitMs, () =>
        this.client.workflow.executeUpdateWithStart(entryOpened, { startWorkflowOperation }),
      )
      this.#awayUntil = 0
      return position
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return null
      if (this.#isAway(error)) this.#awayUntil = this.nowMs() + AWAY_FOR_MS
      this.logger.warn({ session: row.session_id, err: error }, 'session is still opening')
      return null
    }
  }

  /**
   * Starts the workflow of a session whose entry is already open, so that later signals find it. The caller waits only
   * for the start; when Temporal is away, the janitor starts the workflow.
   */
  async start(row: SessionRow): Promise<void> {
    if (this.nowMs() < this.#awayUntil) return
    try {
      await this.client.connection.withDeadline(this.nowMs() + START_WAIT_MS, () =>
        this.client.workflow.start('respondentSession', {
          ...sessionStart(factsToShow(row)),
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      )
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return
      if (this.#isAway(error)) this.#awayUntil = this.nowMs() + AWAY_FOR_MS
      this.logger.warn({ session: row.session_id, err: error }, 'the workflow of the session did not start')
    }
  }

  /** Signals the click to the workflow. Best effort, because the workflow's timer reads PostgreSQL anyway. */
  entered(sessionId: string): void {
    this.#inBackground(sessionId, async () => {
      await this.client.workflow.getHandle(sessionWorkflowId(sessionId)).signal(respondentEntered)
    })
  }

  /** Signals a claim to the session's workflow; starts `settleClaim` when that has ended. Best effort. */
  arrived(sessionId: string, claimId: string): void {
    this.#inBackground(sessionId, () => this.settle(sessionId, claimId))
  }

  /** As `arrived`, awaited. @throws when Temporal is away */
  async settle(sessionId: string, claimId: string): Promise<void> {
    try {
      await this.client.workflow.getHandle(sessionWorkflowId(sessionId)).signal(outcomeArrived)
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
      await this.client.workflow.start('settleClaim', {
        taskQueue: QUEUES.sessions,
        workflowId: claimWorkflowId(claimId),
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ claimId, sessionId }],
        staticSummary: 'late claim about an ended session',
        ...aboutSession(sessionId),
      })
    }
  }

  /** Delivers a message once more. Best effort. */
  redeliver(postbackId: string, redelivery: number, sessionId: string): void {
    this.#inBackground(postbackId, async () => {
      await this.client.workflow.start('deliverPostback', {
        taskQueue: QUEUES.sessions,
        workflowId: postbackWorkflowId(postbackId, redelivery),
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ postbackId }],
        staticSummary: `redelivery ${redelivery}`,
        ...aboutSession(sessionId),
      })
    })
  }

  #inBackground(subject: string, work: () => Promise<void>): void {
    void this.client.connection
      .withDeadline(this.nowMs() + SIGNAL_DEADLINE_MS, work)
      .catch((error: unknown) =>
        this.logger.debug({ subject, err: error }, 'Temporal did not get the signal; the janitor repeats it'),
      )
  }

  #isAway(error: unknown): boolean {
    const { code } = (error as { cause?: { code?: unknown } }).cause ?? {}
    return code === 14 || code === 4
  }
}
