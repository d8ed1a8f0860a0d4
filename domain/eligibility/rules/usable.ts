import { type ConnectionRule, holdsIf } from '../rule.js'

/** The panel's configuration lists the connections that it may use (docs/configuration.md, The file). */
export const usable = {
  name: 'usable',
  scope: 'connection',
  phases: ['match', 'book'],
  evaluate: ({ connection }) => ({
    holds: holdsIf(connection.usable),
    wanted: 'a connection that the panel may use',
    given: connection.id,
  }),
} as const satisfies ConnectionRule
