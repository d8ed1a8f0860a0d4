import { refusedAtConnection } from '../../domain/eligibility/decide.js'
import type { PanelistFacts } from '../../domain/eligibility/facts.js'
import type { RuleName } from '../../domain/eligibility/rules.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { connectionFactsOf, panelFactsOf } from '../eligibility/gather-facts.js'

/**
 * Splits the connections of a match into those whose providers we query about the panelist, and those whose stored
 * surveys we offer. Also queries a connection that blocks the panelist for now, because its answer gives the reason.
 */
export function connectionDoors(
  deps: ApiDependencies,
  panel: PanelConfig,
  connections: readonly ConnectionBase[],
  panelist: PanelistFacts,
): { asked: ConnectionBase[]; offered: ConnectionBase[] } {
  // do not send a panelist below the minimum age to any provider
  if (panelist.age?.holds === false) return { asked: [], offered: [] }
  const looked = connections.map((connection) => {
    const question = { connection: connectionFactsOf(deps, panel, connection), panel: panelFactsOf(panel), panelist }
    return { connection, refused: refusedAtConnection(question, 'match')?.rule ?? null }
  })
  const withRefusal = (allowed: readonly (RuleName | null)[]) =>
    looked.filter(({ refused }) => allowed.includes(refused)).map(({ connection }) => connection)
  return { asked: withRefusal([null, 'blocked']), offered: withRefusal([null]) }
}
