import type { PanelistStanding, WatchedConnection } from '../../db/read-models/panelist-standing.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'

/** True when a panel's configuration lets it use a connection: named in its list, or any where it has none. */
export function mayUse(panel: PanelConfig, connection: string): boolean {
  return panel.connections === null || panel.connections.includes(connection)
}

interface Caps {
  readonly daily: number | null
  readonly weekly: number | null
}

/** True when a panelist has had all the starts which the panel, or the connection, allows in a day or a week. */
export function isCapped(panel: PanelConfig, connection: ConnectionBase, standing: PanelistStanding): boolean {
  const sum = (key: 'daily' | 'weekly') => standing.starts.reduce((total, starts) => total + starts[key], 0)
  const here = standing.starts.find((starts) => starts.connection === connection.id) ?? { daily: 0, weekly: 0 }
  return reached(panel.caps, sum('daily'), sum('weekly')) || reached(connection.caps, here.daily, here.weekly)
}

function reached(caps: Caps | null, daily: number, weekly: number): boolean {
  if (caps === null) return false
  return (caps.daily !== null && daily >= caps.daily) || (caps.weekly !== null && weekly >= caps.weekly)
}

/**
 * The id which the provider sees for a panelist: shared connections keep the panels' panelists apart (contract §2), and
 * some providers know people by a code.
 */
export function upstreamPanelistId(
  deps: Pick<ApiDependencies, 'findUpstream'>,
  panel: PanelConfig,
  connection: ConnectionBase,
  panelistId: string,
): string {
  const id = connection.panelistIds === 'per_panel' ? `${panel.id}.${panelistId}` : panelistId
  const upstream = deps.findUpstream(connection.id)
  return upstream?.adapter.members?.panelistCode(upstream.config, id) ?? id
}

/** The connections whose provider names people for its surveys and cares who took part in what. */
export function watchedConnections(
  deps: Pick<ApiDependencies, 'findUpstream' | 'config'>,
  panel: PanelConfig,
  panelistId: string,
): WatchedConnection[] {
  return deps.config.connections
    .filter(({ id }) => mayUse(panel, id) && deps.findUpstream(id)?.adapter.members !== undefined)
    .map((connection) => ({
      connection: connection.id,
      memberCode: upstreamPanelistId(deps, panel, connection, panelistId),
    }))
}
