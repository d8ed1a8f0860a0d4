import { announce } from '../commands/sessions/announce.js'
import { openOwnEntry } from '../commands/sessions/open-own-entry.js'
import { findSession } from '../db/read-models/session.js'
import type { SessionRow } from '../db/rows/session-row.js'
import { GATEWAY } from '../domain/plan/survey-plan.js'
import { failpoint } from '../platform/failpoints.js'
import type { ApiDependencies } from './dependencies.js'

/** Waits until the provider opened the entry; after a timeout the session stays `opening` and the panel has its id. */
export async function openOrWait(deps: ApiDependencies, sessionId: string): Promise<SessionRow> {
  const stored = await mustFind(deps, sessionId)
  if (stored.state !== 'opening') return stored
  const own = stored.connection === GATEWAY ? await openOwnEntry(deps, stored) : null
  if (own !== null) {
    failpoint('session.after_url_issue')
    await deps.sessions.start(own)
    failpoint('session.after_start')
    return own
  }
  await deps.sessions.open(stored)
  failpoint('session.after_start')
  const opened = await mustFind(deps, sessionId)
  if (opened.state !== 'opening') return opened
  // the panel receives the id of a session that is still opening: from now on it gets the session's postbacks
  await announce(deps.knex, sessionId)
  return mustFind(deps, sessionId)
}

async function mustFind(deps: ApiDependencies, sessionId: string): Promise<SessionRow> {
  const row = await findSession(deps.knex, sessionId)
  if (row === null) throw new Error(`session ${sessionId} not found`)
  return row
}
