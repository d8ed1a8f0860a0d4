import { type ConnectionRule, holdsIf } from '../rule.js'

/** A connection that is paused or removed takes nobody, with links that were given before either. */
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
