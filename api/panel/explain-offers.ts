import type { Explanation } from '../../domain/eligibility/explain.js'
import type { PanelistFacts } from '../../domain/eligibility/facts.js'
import type { Panelist } from '../../domain/panelist.js'
import type { Device } from '../../domain/survey.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelFactsOf } from '../eligibility/gather-facts.js'
import type { Offer } from './schemas.js'

/** Explain this many offers between two turns. */
const SLICE = 20

/** Adds `explanation` to each offer of the catalogue, as `GET /v1/surveys/{survey_id}/explain` answers. */
export async function explainEach(
  deps: ApiDependencies,
  panel: PanelConfig,
  panelist: Panelist,
  device: Device | null,
  known: PanelistFacts,
  offers: Offer[],
): Promise<void> {
  for (const [position, offer] of offers.entries()) {
    if (position % SLICE === 0) await deps.turns.next(panel.id)
    // surveys that a provider matched on its side are not in the catalogue
    if (deps.live.has(offer.connection)) continue
    const caps = deps.config.connections.find(({ id }) => id === offer.connection)?.caps ?? null
    const asker = { panel: panelFactsOf(panel), panelist: known, terms: { usable: true, caps } }
    const explanation = await deps.catalogue.explain(offer.survey_id, panel.id, panelist, device, asker)
    if (explanation !== null) offer.explanation = written(explanation)
  }
}

const written = ({ verdict, reasons, quotas, rules }: Explanation): NonNullable<Offer['explanation']> => ({
  verdict,
  reasons: [...reasons],
  quotas: quotas.map((quota) => ({ ...quota, reasons: [...quota.reasons] })),
  rules: [...rules],
})
