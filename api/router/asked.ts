import type { PanelistStanding } from '../../db/read-models/panelist-standing.js'
import type { PlanRecord } from '../../db/read-models/plan-record.js'
import type { SurveyRecord } from '../../db/read-models/survey-record.js'
import type { PanelistSnapshot } from '../../domain/panelist.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import type { SurveySession } from './schemas.js'

/** A panelist that a panel wants to send to a survey. */
export interface Asked {
  readonly deps: ApiDependencies
  readonly panel: PanelConfig
  readonly body: SurveySession
  readonly found: SurveyRecord
  readonly connection: ConnectionBase
  /** True for a survey plan of our own. */
  readonly ownPlan: boolean
  /** The current record of the plan; null for other surveys, and when the record no longer exists. */
  readonly plan: PlanRecord | null
  readonly standing: PanelistStanding
  readonly snapshot: PanelistSnapshot
  readonly now: Date
}
