import { type ConnectionRule, holdsIf } from '../rule.js'

/** A provider may block a panelist from all of its surveys until a time. */
export const blocked = {
  name: 'blocked',
  scope: 'connection',
  phases: ['match', 'book'],
  evaluate: ({ connection, panelist }) => {
    const unwelcome = panelist.blocked.has(connection.id)
    return {
      holds: holdsIf(!unwelcome),
      wanted: 'not blocked by the provider',
      given: unwelcome ? 'blocked for now' : 'not blocked',
    }
  },
} as const satisfies ConnectionRule
