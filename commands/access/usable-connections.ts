import type { WatchedConnection } from '../../db/read-models/panelist-standing.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { Config } from '../../platform/config/load.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { FindUpstream } from '../../providers/upstream.js'

/** The configured connections, and the lookup of their adapters. */
export interface Connections {
  readonly config: Pick<Config, 'connections'>
  readonly findUpstream: FindUpstream
}

/** True when a panel may use a connection: its list names it, or it has no list. */
export function mayUse(panel: PanelConfig, connection: string): boolean {
  return panel.connections === null || panel.connections.includes(connection)
}

/**
 * The id that the provider sees for a panelist: prefixed by panel on shared connections (docs/configuration.md, The
 * file), and a member code at some providers.
 */
export function upstreamPanelistId(
  deps: Pick<Connections, 'findUpstream'>,
  panel: PanelConfig,
  connection: ConnectionBase,
  panelistId: string,
): string {
  const id = connection.panelistIds === 'per_panel' ? `${panel.id}.${panelistId}` : panelistId
  const upstream = deps.findUpstream(connection.id)
  return upstream?.adapter.members?.panelistCode(upstream.config, id) ?? id
}

/** The connections whose provider has members-only surveys and participation rules. */
export function watchedConnections(deps: Connections, panel: PanelConfig, panelistId: string): WatchedConnection[] {
  return deps.config.connections
    .filter(({ id }) => mayUse(panel, id) && deps.findUpstream(id)?.adapter.members !== undefined)
    .map((connection) => ({
      connection: connection.id,
      memberCode: upstreamPanelistId(deps, panel, connection, panelistId),
    }))
}
