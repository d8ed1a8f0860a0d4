import { type ConnectionRule, holdsIf } from '../rule.js'

/** A provider may not want a panelist in any of its surveys for a while. */
export const blocked = {
  name: 'blocked',
  scope: 'connection',
  phases: ['match', 'book'],
  evaluate: ({ connection, panelist }) => {
    const unwelcome = panelist.blocked.has(connection.id)
    return {
      holds: holdsIf(!unwelcome),
      wanted: 'welcome at the provider',
      given: unwelcome ? 'not wanted for now' : 'welcome',
    }
  },
} as const satisfies ConnectionRule
