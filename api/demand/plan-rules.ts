import { mayUse } from '../../commands/access/usable-connections.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import { gatewayConnection } from '../../providers/own-plans.js'
import type { ApiDependencies } from '../dependencies.js'
import type { PlanRules } from './plan-checks.js'

type Parts = Pick<ApiDependencies, 'config'>

/**
 * Panels that accept survey plans: those whose configuration lets them use the connection `gateway` (docs/buyers.md,
 * Targeting).
 */
export const targetablePanels = ({ config }: Parts): readonly PanelConfig[] =>
  config.panels.filter((panel) => mayUse(panel, gatewayConnection.id))

/** The panels and addresses that plans of this installation may name. */
export const planRules = (deps: Parts): PlanRules => ({
  panels: targetablePanels(deps),
  attributes: deps.config.targetingAttributes,
  allowPrivate: deps.config.egress.allowPrivate,
})
