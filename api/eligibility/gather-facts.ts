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

/** A panel, as decisions take it. */
export const panelFactsOf = ({ id, caps }: PanelConfig): PanelFacts => ({ id, caps })

/** A connection as it stands for a panel. One that no process follows counts as paused. */
export function connectionFactsOf(
  { catalogue }: Pick<ApiDependencies, 'catalogue'>,
  panel: PanelConfig,
  { id, caps }: Pick<ConnectionBase, 'id' | 'caps'>,
): ConnectionFacts {
  const [standing] = catalogue.standings([id])
  const terms = { usable: mayUse(panel, id), caps }
  return connectionFacts(standing ?? { id, status: 'paused', ageSeconds: null, offered: false }, terms)
}

/** What is known of a panelist beside their answers, as decisions take it. */
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

/** What a booking knows beside the stored survey. */
export interface Booking extends Pick<Facts, 'profile' | 'quota' | 'now'> {
  readonly panelist: PanelistFacts
  /** The record of a plan of our own; null for other surveys, and where there is none any more. */
  readonly plan: PlanRecord | null
}

/**
 * The facts of a booking: the newest stored survey, or the plan's record in its place, and our sessions under way as
 * matches count them.
 * @param ownPlan true for a plan of our own: without its record it is closed
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
