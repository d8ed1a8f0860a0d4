import { findUnfinishedSession } from '../../db/read-models/session.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { Problem } from '../http/problem.js'

/** 409 `session_exists`, with the panelist's unfinished session and its link. */
export async function sessionExists(
  deps: Pick<ApiDependencies, 'knex' | 'publicUrl'>,
  panel: PanelConfig,
  panelistId: string,
  surveyId: string,
): Promise<Problem> {
  const row = await findUnfinishedSession(deps.knex, panel.id, panelistId, surveyId)
  const members = row === null ? {} : { session_id: row.session_id, entry_url: entryUrl(deps, row) }
  return new Problem(409, 'session_exists', 'This panelist has an unfinished session of this survey', { members })
}

/** The URL to which a panel sends the respondent. */
export const entryUrl = ({ publicUrl }: Pick<ApiDependencies, 'publicUrl'>, row: SessionRow): string =>
  `${publicUrl}/e/${row.entry_token}`
