import { upstreamPanelistId } from '../../../commands/access/usable-connections.js'
import type { Panelist } from '../../../domain/panelist.js'
import type { ConnectionBase } from '../../../platform/config/connection-base.js'
import type { PanelConfig } from '../../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../../dependencies.js'
import type { LiveAnswers } from '../../live/live-matches.js'
import type { MatchRequest } from '../schemas.js'

/**
 * Queries those of the given connections whose providers match on their side. Skips a paused one; its standing says so.
 * @param connections those whose caps allow the panelist another start
 */
export async function askLive(
  deps: ApiDependencies,
  panel: PanelConfig,
  request: Pick<MatchRequest, 'device' | 'user_ip' | 'user_agent' | 'wait_ms'>,
  panelist: Panelist,
  connections: readonly ConnectionBase[],
): Promise<LiveAnswers> {
  const byId = new Map(connections.filter(({ id }) => deps.live.has(id)).map((one) => [one.id, one]))
  const offered = deps.catalogue.standings([...byId.keys()]).filter((standing) => standing.offered)
  return deps.live.ask(
    {
      panel: panel.id,
      panelist,
      device: request.device ?? null,
      userIp: request.user_ip ?? null,
      userAgent: request.user_agent ?? null,
      waitMs: request.wait_ms,
      providerPanelistId: (id) => {
        const connection = byId.get(id)
        return connection === undefined
          ? panelist.panelistId
          : upstreamPanelistId(deps, panel, connection, panelist.panelistId)
      },
    },
    offered.map(({ id }) => id),
  )
}
