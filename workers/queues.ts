import { parseArgs } from 'node:util'

/** The queue groups that a worker can serve, named after their workflow queue. `finance` is reserved: it has no queue. */
export const QUEUE_GROUPS = ['supply', 'sessions', 'finance'] as const
export type QueueGroup = (typeof QUEUE_GROUPS)[number]

/**
 * Reads `--queues supply,sessions,finance`; without it, all groups.
 * @throws Error with one line that says what to do
 */
export function readQueueGroups(args: readonly string[]): QueueGroup[] {
  const { values } = parseArgs({ args: [...args], options: { queues: { type: 'string' } }, strict: true })
  if (values.queues === undefined) return [...QUEUE_GROUPS]
  const names = values.queues.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !QUEUE_GROUPS.some((known) => known === name))
  if (unknown !== undefined || names.length === 0) {
    throw new Error(
      `--queues: "${unknown ?? ''}" is not one of ${QUEUE_GROUPS.join(', ')}; example: --queues supply,sessions`,
    )
  }
  return QUEUE_GROUPS.filter((known) => names.includes(known))
}
