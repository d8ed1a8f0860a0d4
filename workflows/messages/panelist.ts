import { defineUpdate } from '@temporalio/workflow'
import { QUEUES } from '../../domain/task-queues.js'
import { searchAttribute } from '../../domain/visibility.js'

/** What starts a refresh: names only. What is asked, and about whom, is read from PostgreSQL by the activity. */
export interface RefreshInput {
  readonly connection: string
}

/** How a refresh ended; its surveys are in PostgreSQL. */
export interface RefreshEnd {
  readonly state: 'stored' | 'failed'
  /** The failure's type, where it failed. */
  readonly failure?: string
}

/** Asks one stored question (its id), unless it is being asked already, and answers once the result is stored. */
export const askAbout = defineUpdate<RefreshEnd, [string]>('askAbout')

/** @param panelistKey a keyed hash of panel and panelist: an id tells nobody who it is about */
export const refreshWorkflowId = (connection: string, panelistKey: string): string =>
  `panelist:${connection}:${panelistKey}`

/** How a refresh is started. One at a time for a panelist at a connection; another question joins the one under way. */
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
