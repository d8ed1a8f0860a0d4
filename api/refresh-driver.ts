import { type Client, WithStartWorkflowOperation } from '@temporalio/client'
import type { Logger } from '../platform/logger.js'
import { askAbout, type RefreshEnd, refreshStart } from '../workflows/messages/panelist.js'

/** Longer than any useful refresh: the refresh continues long after its match was answered. */
const PATIENCE_MS = 30_000
const AWAY_FOR_MS = 5_000

/** A refresh of one panelist's surveys at one connection; ids and keyed hashes only. */
export interface RefreshQuestion {
  readonly refreshId: string
  readonly connection: string
  readonly provider: string
  readonly panel: string
  readonly panelistKey: string
}

/** `late`: not within the wait; it continues, and a later match uses its result. `away`: Temporal cannot be reached. */
export type RefreshAnswer = RefreshEnd | { readonly state: 'late' } | { readonly state: 'away' }

/** Starts the refresh workflows of panelists. */
export class RefreshDriver {
  #awayUntil = 0

  constructor(
    private readonly client: Client,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /**
   * Starts a panelist's refresh, or joins the running one, and waits for the result of this request.
   * @param waitMs maximum wait in milliseconds; 0 starts it without waiting
   */
  async ask(question: RefreshQuestion, waitMs: number): Promise<RefreshAnswer> {
    if (this.nowMs() < this.#awayUntil) return { state: 'away' }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<RefreshAnswer>((resolve) => {
      timer = setTimeout(() => resolve({ state: 'late' }), waitMs)
    })
    const asked = this.#update(question).catch((error: unknown): RefreshAnswer => {
      if (isAway(error)) this.#awayUntil = this.nowMs() + AWAY_FOR_MS
      this.logger.warn({ connection: question.connection, err: error }, 'a panelist refresh did not start')
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
      // the joined run may have ended in that moment: start another one
      if (isAway(error)) throw error
      return await start()
    }
  }
}

function isAway(error: unknown): boolean {
  const { code } = (error as { cause?: { code?: unknown } }).cause ?? {}
  return code === 14 || code === 4
}
