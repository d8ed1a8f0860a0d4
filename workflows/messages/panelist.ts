import { defineUpdate } from '@temporalio/workflow'
import { QUEUES } from '../../domain/task-queues.js'
import { searchAttribute } from '../../domain/visibility.js'

/** What starts a refresh: names only. The activity reads the question and the panelist from PostgreSQL. */
export interface RefreshInput {
  readonly connection: string
}

/** How a refresh ended; its surveys are in PostgreSQL. */
export interface RefreshEnd {
  readonly state: 'stored' | 'failed'
  /** The failure's type, if it failed. */
  readonly failure?: string
}

/**
 * Sends one stored question (its id) to the provider, unless it is in flight, and answers once the result is stored.
 */
export const askAbout = defineUpdate<RefreshEnd, [string]>('askAbout')

/** @param panelistKey a keyed hash of panel and panelist, so that the workflow id does not reveal the panelist */
export const refreshWorkflowId = (connection: string, panelistKey: string): string =>
  `panelist:${connection}:${panelistKey}`

/**
 * How to start a refresh. At most one at a time per panelist and connection; another question joins the one in flight.
 */
export function refreshStart(about: { connection: string; provider: string; panel: string; panelistKey: string }) {
  const input: RefreshInput = { connection: about.connection }
  return {
    workflowId: refreshWorkflowId(about.connection, about.panelistKey),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    taskQueue: QUEUES.sessions,
    args: [input] as [RefreshInput],
    staticSummary: `${about.connection} · surveys for one panelist of ${about.panel}`,
    typedSearchAttributes: [
      { key: searchAttribute('TributaryProvider'), value: about.provider },
      { key: searchAttribute('TributaryConnection'), value: about.connection },
      { key: searchAttribute('TributaryPanel'), value: about.panel },
      { key: searchAttribute('TributaryState'), value: 'starting' },
    ],
  }
}
