import { type ConnectionRule, holdsIf } from '../rule.js'

/** A paused or removed connection admits no respondents, not even with earlier links. */
export const connection = {
  name: 'connection',
  scope: 'connection',
  phases: ['match', 'book', 'click', 'show'],
  evaluate: ({ connection: { id, running, status } }) => ({
    holds: holdsIf(running),
    wanted: `${id} not paused`,
    given: status,
  }),
} as const satisfies ConnectionRule
