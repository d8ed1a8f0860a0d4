/** The task queues that all connections share (docs/architecture.md, Processes). */
export const QUEUES = {
  /** Workflows and database activities of polling. */
  supply: 'supply',
  /** Workflows of sessions, plans and the janitor, and their database activities. */
  sessions: 'sessions',
  /** Activities that deliver messages to panels. */
  postbacks: 'postbacks',
} as const

/** The queue of the activities that poll a connection's provider, under the account's rate limit. */
export const supplyQueue = (connection: string): string => `supply-${connection}`

/** The queue of the activities that request entries, one panelist's surveys and quotas from a connection's provider. */
export const entryQueue = (connection: string): string => `entry-${connection}`

/** One task queue that workers must serve. */
export interface NeededQueue {
  readonly name: string
  readonly kind: 'workflow' | 'activity'
  /** The group that serves it: `npm run worker -- --queues GROUP`. */
  readonly group: 'supply' | 'sessions'
}

/**
 * Every task queue that a configuration needs workers for (docs/architecture.md, Processes).
 * @param connections the served connections; `polled`: a loop polls its provider
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
