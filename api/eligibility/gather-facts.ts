import { connectionFacts } from '../../catalogue/facts.js'
import { mayUse } from '../../commands/access/usable-connections.js'
import type { PanelistStanding } from '../../db/read-models/panelist-standing.js'
import type { PlanRecord } from '../../db/read-models/plan-record.js'
import type { SurveyRecord } from '../../db/read-models/survey-record.js'
import type { AgeFloorVerdict } from '../../domain/age-floor.js'
import {
  type ConnectionFacts,
  type Facts,
  NO_CIRCUMSTANCES,
  NO_FIGURES,
  type PanelFacts,
  type PanelistFacts,
} from '../../domain/eligibility/facts.js'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'

/** The facts of a panel that a decision uses. */
export const panelFactsOf = ({ id, caps }: PanelConfig): PanelFacts => ({ id, caps })

/** The facts of a connection for a panel. A connection without a standing in the catalogue counts as paused. */
export function connectionFactsOf(
  { catalogue }: Pick<ApiDependencies, 'catalogue'>,
  panel: PanelConfig,
  { id, caps }: Pick<ConnectionBase, 'id' | 'caps'>,
): ConnectionFacts {
  const [standing] = catalogue.standings([id])
  const terms = { usable: mayUse(panel, id), caps }
  return connectionFacts(standing ?? { id, status: 'paused', ageSeconds: null, offered: false }, terms)
}

/** The facts of a panelist that a decision uses in addition to their answers. */
export function panelistFactsOf(standing: PanelistStanding, age: AgeFloorVerdict | null): PanelistFacts {
  return {
    age,
    completed: new Set(standing.completed),
    underWay: new Set(standing.underWay),
    unwanted: new Set(standing.unwanted),
    blocked: new Set(standing.blocked),
    taken: standing.takenSurveys,
    past: standing.past,
    invitations: standing.invitations,
    starts: standing.starts,
  }
}

/** The inputs of a booking in addition to the stored survey. */
export interface Booking extends Pick<Facts, 'profile' | 'quota' | 'now'> {
  readonly panelist: PanelistFacts
  /** The record of our own plan; null for other surveys, and when the record no longer exists. */
  readonly plan: PlanRecord | null
}

/**
 * Collects the facts of a booking: the newest stored survey, or the plan's record instead of it, and our sessions under
 * way as matches count them.
 * @param ownPlan true for our own plan, which counts as closed when its record does not exist
 */
export function bookingFacts(
  deps: ApiDependencies,
  panel: PanelConfig,
  connection: ConnectionBase,
  found: SurveyRecord,
  ownPlan: boolean,
  { plan, ...booking }: Booking,
): Facts {
  const survey = plan === null ? found.survey : surveyOfPlan(plan)
  return {
    ...booking,
    surveyId: found.surveyId,
    survey,
    status: plan === null ? (ownPlan ? 'closed' : found.status) : survey.status,
    connection: connectionFactsOf(deps, panel, connection),
    panel: panelFactsOf(panel),
    circumstances: NO_CIRCUMSTANCES,
    figures: deps.catalogue.figures(found.surveyId) ?? NO_FIGURES,
    plan,
  }
}
