import { type ConnectionRule, holdsIf } from '../rule.js'

/**
 * Surveys of a connection without a good poll for `stale_after` are not offered or booked (docs/configuration.md).
 * Earlier links still work, because the provider checks the entry itself.
 */
export const fresh = {
  name: 'fresh',
  scope: 'connection',
  phases: ['match', 'book', 'show'],
  evaluate: ({ connection: { id, fresh: polled, status } }) => ({
    holds: holdsIf(polled),
    wanted: `a good poll of ${id} within stale_after`,
    given: status,
  }),
} as const satisfies ConnectionRule
