import type { WatchedConnection } from '../../db/read-models/panelist-standing.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { Config } from '../../platform/config/load.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { FindUpstream } from '../../providers/upstream.js'

/** The installation's connections: their settings, and how to find their adapters. */
export interface Connections {
  readonly config: Pick<Config, 'connections'>
  readonly findUpstream: FindUpstream
}

/** True when a panel's configuration lets it use a connection: named in its list, or any where it has none. */
export function mayUse(panel: PanelConfig, connection: string): boolean {
  return panel.connections === null || panel.connections.includes(connection)
}

/**
 * The id which the provider sees for a panelist: shared connections keep the panels' panelists apart
 * (docs/configuration.md, The file), and some providers know people by a code.
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

/** The connections whose provider names people for its surveys and cares who took part in what. */
export function watchedConnections(deps: Connections, panel: PanelConfig, panelistId: string): WatchedConnection[] {
  return deps.config.connections
    .filter(({ id }) => mayUse(panel, id) && deps.findUpstream(id)?.adapter.members !== undefined)
    .map((connection) => ({
      connection: connection.id,
      memberCode: upstreamPanelistId(deps, panel, connection, panelistId),
    }))
}
