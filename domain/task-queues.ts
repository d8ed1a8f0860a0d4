/** The task queues that are not of one connection (docs/architecture.md, Processes). */
export const QUEUES = {
  /** Workflows of polling, and their bookkeeping. */
  supply: 'supply',
  /** Workflows of sessions, plans and the janitor, and what they write to PostgreSQL. */
  sessions: 'sessions',
  /** Activities that deliver messages to panels. */
  postbacks: 'postbacks',
} as const

/** The queue of the activities that poll a connection's provider, under the account's rate limit. */
export const supplyQueue = (connection: string): string => `supply-${connection}`

/** The queue of the activities that ask a connection's provider for entries, for one panelist's surveys and about quotas. */
export const entryQueue = (connection: string): string => `entry-${connection}`

/** One task queue that workers must serve. */
export interface NeededQueue {
  readonly name: string
  readonly kind: 'workflow' | 'activity'
  /** The group of queues that a worker is given to serve it: `npm run worker -- --queues GROUP`. */
  readonly group: 'supply' | 'sessions'
}

/**
 * Every task queue that a configuration needs workers for (docs/architecture.md, Processes).
 * @param connections the served ones; `polled`: a loop polls its provider
 */
export function neededQueues(connections: readonly { readonly id: string; readonly polled: boolean }[]): NeededQueue[] {
  return [
    { name: QUEUES.supply, kind: 'workflow', group: 'supply' },
    { name: QUEUES.sessions, kind: 'workflow', group: 'sessions' },
    { name: QUEUES.postbacks, kind: 'activity', group: 'sessions' },
    ...connections.flatMap(({ id, polled }): NeededQueue[] => [
      ...(polled ? [{ name: supplyQueue(id), kind: 'activity', group: 'supply' } as const] : []),
      { name: entryQueue(id), kind: 'activity', group: 'sessions' },
    ]),
  ]
}
