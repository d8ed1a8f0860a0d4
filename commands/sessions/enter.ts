import type { Knex } from '../../db/connect.js'
import { enterSession } from '../../db/statements/enter-session.js'

/**
 * The respondent's click on a survey of a provider, in one statement because a browser waits (docs/matching.md, "One
 * decision, seven doors").
 * @returns the provider's entry URL and the session's id, or null when the click needs the full check
 */
export function enter(
  knex: Knex,
  entryToken: string,
  now: Date,
): Promise<{ sessionId: string; connection: string; url: string } | null> {
  return enterSession(knex, entryToken, now)
}
