import { type Client, WithStartWorkflowOperation } from '@temporalio/client'
import type { Logger } from '../platform/logger.js'
import { askAbout, type RefreshEnd, refreshStart } from '../workflows/messages/panelist.js'

/** Longer than any refresh that is worth having: the question goes on when its match has long been answered. */
const PATIENCE_MS = 30_000
const AWAY_FOR_MS = 5_000

/** Which question about whom; ids and keyed hashes only. */
export interface RefreshQuestion {
  readonly refreshId: string
  readonly connection: string
  readonly provider: string
  readonly panel: string
  readonly panelistKey: string
}

/** `late`: not within the wait; it goes on, and its result answers a later match. `away`: Temporal cannot be reached. */
export type RefreshAnswer = RefreshEnd | { readonly state: 'late' } | { readonly state: 'away' }

/** What the API asks of Temporal about panelists. */
export class RefreshDriver {
  #awayUntil = 0

  constructor(
    private readonly client: Client,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /**
   * Starts a panelist's refresh, or joins the one that runs, and waits for this question's result.
   * @param waitMs at most so long, in milliseconds; 0 starts it and waits for nothing
   */
  async ask(question: RefreshQuestion, waitMs: number): Promise<RefreshAnswer> {
    if (this.nowMs() < this.#awayUntil) return { state: 'away' }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<RefreshAnswer>((resolve) => {
      timer = setTimeout(() => resolve({ state: 'late' }), waitMs)
    })
    const asked = this.#update(question).catch((error: unknown): RefreshAnswer => {
      if (isAway(error)) this.#awayUntil = this.nowMs() + AWAY_FOR_MS
      this.logger.warn({ connection: question.connection, err: error }, 'a panelist was not asked about')
      return { state: 'away' }
    })
    try {
      return await Promise.race([asked, late])
    } finally {
      clearTimeout(timer)
    }
  }

  async #update(question: RefreshQuestion): Promise<RefreshEnd> {
    const start = () =>
      this.client.connection.withDeadline(this.nowMs() + PATIENCE_MS, () =>
        this.client.workflow.executeUpdateWithStart(askAbout, {
          args: [question.refreshId],
          startWorkflowOperation: new WithStartWorkflowOperation('refreshPanelist', refreshStart(question)),
        }),
      )
    try {
      return await start()
    } catch (error) {
      // the run that was joined may have ended at that very moment: another one is started
      if (isAway(error)) throw error
      return await start()
    }
  }
}

function isAway(error: unknown): boolean {
  const { code } = (error as { cause?: { code?: unknown } }).cause ?? {}
  return code === 14 || code === 4
}
