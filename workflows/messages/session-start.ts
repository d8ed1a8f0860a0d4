import { QUEUES } from '../../domain/task-queues.js'
import { searchAttribute } from '../../domain/visibility.js'
import { type SessionInput, sessionWorkflowId } from './session.js'

/** What Temporal shows of a session from its start. Never anything about the panelist. */
export interface SessionFactsToShow {
  readonly sessionId: string
  readonly connection: string
  readonly provider: string
  readonly panel: string
  readonly country: string
  /** "1.50 USD", or why there is none yet. */
  readonly price: string
  readonly entryTtlMs: number
  readonly completionTtlMs: number
  /** When the entry link expires, in epoch milliseconds. */
  readonly entryDeadline: number
}

/**
 * How the API and the janitor start a session's workflow. The id is never reused, because a session runs only once.
 */
export function sessionStart(facts: SessionFactsToShow) {
  const input: SessionInput = {
    sessionId: facts.sessionId,
    connection: facts.connection,
    entryTtlMs: facts.entryTtlMs,
    completionTtlMs: facts.completionTtlMs,
  }
  return {
    workflowId: sessionWorkflowId(facts.sessionId),
    workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
    taskQueue: QUEUES.sessions,
    args: [input] as [SessionInput],
    staticSummary: [facts.connection, facts.country, facts.price, `panel ${facts.panel}`].join(' · '),
    typedSearchAttributes: [
      { key: searchAttribute('TributaryProvider'), value: facts.provider },
      { key: searchAttribute('TributaryConnection'), value: facts.connection },
      { key: searchAttribute('TributaryPanel'), value: facts.panel },
      { key: searchAttribute('TributarySession'), value: facts.sessionId },
      { key: searchAttribute('TributaryState'), value: 'opening' },
      { key: searchAttribute('TributaryMarkets'), value: [facts.country] },
      { key: searchAttribute('TributaryDeadline'), value: new Date(facts.entryDeadline) },
    ],
  }
}
