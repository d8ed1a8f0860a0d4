import { refusedAtConnection } from '../../domain/eligibility/decide.js'
import type { PanelistFacts } from '../../domain/eligibility/facts.js'
import type { RuleName } from '../../domain/eligibility/rules.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { connectionFactsOf, panelFactsOf } from '../eligibility/gather-facts.js'

/**
 * The connections of a match: those whose providers are asked about the panelist, and those whose stock is offered. One that
 * does not want the panelist for now is asked all the same, as its answer says why there is nothing.
 */
export function connectionDoors(
  deps: ApiDependencies,
  panel: PanelConfig,
  connections: readonly ConnectionBase[],
  panelist: PanelistFacts,
): { asked: ConnectionBase[]; offered: ConnectionBase[] } {
  // nobody is asked about a child
  if (panelist.age?.holds === false) return { asked: [], offered: [] }
  const looked = connections.map((connection) => {
    const question = { connection: connectionFactsOf(deps, panel, connection), panel: panelFactsOf(panel), panelist }
    return { connection, refused: refusedAtConnection(question, 'match')?.rule ?? null }
  })
  const withRefusal = (allowed: readonly (RuleName | null)[]) =>
    looked.filter(({ refused }) => allowed.includes(refused)).map(({ connection }) => connection)
  return { asked: withRefusal([null, 'blocked']), offered: withRefusal([null]) }
}
