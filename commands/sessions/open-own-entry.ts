import type { Knex } from '../../db/connect.js'
import { findSurvey } from '../../db/read-models/survey-record.js'
import { type SessionRow, toOpen } from '../../db/rows/session-row.js'
import { findSessionInputs } from '../../db/stores/session-input-store.js'
import { entryRequest } from '../../providers/entry-request.js'
import type { FindUpstream } from '../../providers/upstream.js'
import { storeEntry } from './store-entry.js'

/** A safety timeout: opening an own entry makes no network call. */
const OWN_ENTRY_MS = 5_000

/**
 * Opens the entry into our own plan directly, because it needs no provider: neither the panel nor the respondent waits
 * for a worker. The session's workflow then finds it open.
 * @returns null when the workflow must open the entry
 */
export async function openOwnEntry(
  deps: { readonly knex: Knex; readonly clock: () => Date; readonly findUpstream: FindUpstream },
  row: SessionRow,
): Promise<SessionRow | null> {
  const upstream = deps.findUpstream(row.connection)
  const [found, inputs] = await Promise.all([
    findSurvey(deps.knex, row.survey_id),
    findSessionInputs(deps.knex, row.session_id),
  ])
  if (upstream === null || found === null || inputs === null) return null
  const now = deps.clock()
  const { config, http, adapter } = upstream
  const link = await adapter.entry.open(
    { config, http, now, signal: AbortSignal.timeout(OWN_ENTRY_MS) },
    entryRequest(upstream, toOpen(row), found.survey, inputs, now),
  )
  const { url, providerSessionId } = link
  return storeEntry(deps.knex, row.session_id, { url, providerSessionId, workflowToStart: true }, now)
}
