import type { Caps, Starts } from '../facts.js'
import { type ConnectionRule, holdsIf } from '../rule.js'

/** Caps on starts per day and per week: the panel's over all connections, and the connection's own. */
export const caps = {
  name: 'caps',
  scope: 'connection',
  phases: ['match', 'book'],
  evaluate: ({ connection, panel, panelist: { starts } }) => {
    const here = starts.filter((one) => one.connection === connection.id)
    const capped = reached(panel?.caps ?? null, starts) || reached(connection.caps, here)
    return { holds: holdsIf(!capped), wanted: 'starts left', given: capped ? 'none left' : 'some left' }
  },
} as const satisfies ConnectionRule

function reached(limit: Caps | null, starts: readonly Starts[]): boolean {
  const sum = (key: 'daily' | 'weekly') => starts.reduce((total, one) => total + one[key], 0)
  if (limit === null) return false
  return (
    (limit.daily !== null && sum('daily') >= limit.daily) || (limit.weekly !== null && sum('weekly') >= limit.weekly)
  )
}
