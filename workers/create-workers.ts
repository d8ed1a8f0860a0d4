import type { DataConverter } from '@temporalio/common'
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { entryQueue, QUEUES, supplyQueue } from '../domain/task-queues.js'
import type { ActivitySet } from './activity-set.js'
import { failpointSinks } from './failpoint-sinks.js'
import type { QueueGroup } from './queues.js'

export interface WorkerParts {
  readonly connection: NativeConnection
  readonly namespace: string
  readonly dataConverter: DataConverter
  readonly workflowBundle: { readonly code: string }
  readonly activities: ActivitySet
  /** The connections whose provider is supported. */
  readonly connections: readonly {
    readonly id: string
    readonly ratePerSecond: number | null
    readonly polled: boolean
  }[]
  readonly groups: readonly QueueGroup[]
}

/** The number of long polls grows with the work; an idle queue has one. */
const BUSY = { type: 'autoscaling', minimum: 1, initial: 2, maximum: 16 } as const
const QUIET = { type: 'simple-maximum', maximum: 1 } as const
/** One for the sticky queue, one for the other. */
const QUIET_WORKFLOWS = { type: 'simple-maximum', maximum: 2 } as const

/**
 * One worker for every task queue that this process serves (docs/architecture.md, Processes): the workflow queues of
 * its groups, and separate queues for each connection, so one slow upstream cannot starve another.
 * @throws when Temporal or its namespace cannot be reached
 */
export async function createWorkers(parts: WorkerParts): Promise<Worker[]> {
  const wanted = plan(parts)
  const created: Worker[] = []
  for (const options of wanted) {
    created.push(
      await Worker.create({
        connection: parts.connection,
        namespace: parts.namespace,
        dataConverter: parts.dataConverter,
        shutdownGraceTime: '4s',
        shutdownForceTime: '12s',
        ...options,
      }),
    )
  }
  return created
}

type Plan = Pick<
  WorkerOptions,
  | 'taskQueue'
  | 'activities'
  | 'workflowBundle'
  | 'sinks'
  | 'maxCachedWorkflows'
  | 'maxConcurrentActivityTaskExecutions'
  | 'maxConcurrentWorkflowTaskExecutions'
  | 'maxTaskQueueActivitiesPerSecond'
  | 'workflowTaskPollerBehavior'
  | 'activityTaskPollerBehavior'
> & { taskQueue: string }

function plan({ activities, connections, groups, workflowBundle }: WorkerParts): Plan[] {
  const plans: Plan[] = []
  if (groups.includes('supply')) {
    plans.push({
      taskQueue: QUEUES.supply,
      workflowBundle,
      sinks: failpointSinks,
      activities: activities.supply,
      maxCachedWorkflows: 200,
      workflowTaskPollerBehavior: QUIET_WORKFLOWS,
      activityTaskPollerBehavior: QUIET,
    })
    for (const { id, ratePerSecond, polled } of connections) {
      if (!polled) continue
      plans.push({
        taskQueue: supplyQueue(id),
        activities: activities.supply,
        maxConcurrentActivityTaskExecutions: 4,
        activityTaskPollerBehavior: QUIET,
        ...(ratePerSecond === null ? {} : { maxTaskQueueActivitiesPerSecond: ratePerSecond }),
      })
    }
  }
  if (groups.includes('sessions')) {
    plans.push({
      taskQueue: QUEUES.sessions,
      workflowBundle,
      activities: { ...activities.sessions, ...activities.matching, ...activities.janitor, ...activities.plans },
      maxCachedWorkflows: 2_000,
      maxConcurrentWorkflowTaskExecutions: 100,
      maxConcurrentActivityTaskExecutions: 100,
      workflowTaskPollerBehavior: { ...BUSY, minimum: 2, initial: 4 },
      activityTaskPollerBehavior: BUSY,
    })
    plans.push({
      taskQueue: QUEUES.postbacks,
      activities: activities.postbacks,
      maxConcurrentActivityTaskExecutions: 100,
      activityTaskPollerBehavior: BUSY,
    })
    for (const { id } of connections) {
      plans.push({
        taskQueue: entryQueue(id),
        activities: { ...activities.sessions, ...activities.matching },
        maxConcurrentActivityTaskExecutions: 50,
        activityTaskPollerBehavior: BUSY,
      })
    }
  }
  return plans
}
