import type { Caps, Starts } from '../facts.js'
import { type ConnectionRule, holdsIf } from '../rule.js'

/** Starts in a day and in a week, of the panel over all connections and of the connection alone. */
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
