import type { OwnSurvey } from '../../../db/rows/panelist-match.js'
import { decide } from '../../../domain/eligibility/decide.js'
import { type Facts, NO_CIRCUMSTANCES, NO_FIGURES, type PanelistFacts } from '../../../domain/eligibility/facts.js'
import type { PanelConfig } from '../../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../../dependencies.js'
import { connectionFactsOf, panelFactsOf } from '../../eligibility/gather-facts.js'

/** Whether we offer a survey that its provider matched to the panelist. The provider has checked the answers. */
export function isOffered(
  deps: ApiDependencies,
  panel: PanelConfig,
  panelist: PanelistFacts,
  connection: string,
  { surveyId, survey }: OwnSurvey,
  now: Date,
): boolean {
  const facts: Facts = {
    surveyId,
    survey,
    status: survey.status,
    connection: connectionFactsOf(deps, panel, { id: connection, caps: null }),
    panel: panelFactsOf(panel),
    // rules on the connection alone were decided before the call to the provider
    panelist: { ...panelist, blocked: new Set(), starts: [] },
    circumstances: NO_CIRCUMSTANCES,
    profile: null,
    figures: NO_FIGURES,
    plan: null,
    quota: { kind: 'these', quotaIds: [] },
    now,
  }
  return decide(facts, 'match').verdict !== 'no'
}
