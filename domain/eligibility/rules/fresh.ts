import { type ConnectionRule, holdsIf } from '../rule.js'

/**
 * What was not heard of for `stale_after` is no longer offered or booked (docs/configuration.md). Who has a link already is
 * let in: the provider decides at its own door.
 */
export const fresh = {
  name: 'fresh',
  scope: 'connection',
  phases: ['match', 'book', 'show'],
  evaluate: ({ connection: { id, fresh: polled, status } }) => ({
    holds: holdsIf(polled),
    wanted: `${id} polled lately`,
    given: status,
  }),
} as const satisfies ConnectionRule
