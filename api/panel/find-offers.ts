import type { CatalogueQuery } from '../../catalogue/match-all.js'
import type { CatalogueOffer } from '../../catalogue/offers.js'
import { mayUse, watchedConnections } from '../../commands/access/usable-connections.js'
import { readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import type { Panelist } from '../../domain/panelist.js'
import { compareRanked } from '../../domain/ranking.js'
import { rewardFor } from '../../domain/reward.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelistFactsOf } from '../eligibility/gather-facts.js'
import { invalid } from '../http/validate.js'
import { OFFER_TTL_MS } from '../tokens/offer-token.js'
import { panelistAgeFloor } from './age-floor.js'
import { explainEach } from './explain-offers.js'
import { askLive } from './live/ask-live.js'
import { isOffered } from './live/is-offered.js'
import { liveOffer, partnerOffers } from './live/live-offers.js'
import { connectionDoors } from './match-connections.js'
import { warningsOf } from './profile-warnings.js'
import type { MatchAnswer, MatchRequest, Offer } from './schemas.js'

/** The number of offers of an ordinary match, which therefore needs no turn. */
const OFFERS_A_SLICE = 20

/**
 * Finds the surveys that suit a panelist, best first, each as an offer that carries its own terms. Reads the panelist
 * with one SQL statement and everything else from memory; writes nothing.
 * @param fallbackCountry used when neither the request nor the stored panelist names one
 * @param matched receives the query that the catalogue answered
 */
export async function findOffers(
  deps: ApiDependencies,
  panel: PanelConfig,
  request: MatchRequest,
  fallbackCountry?: string,
  matched: (query: CatalogueQuery) => void = () => undefined,
): Promise<MatchAnswer> {
  const now = deps.clock()
  const standing = await readPanelistStanding(
    deps.knex,
    panel.id,
    request.panelist_id,
    now,
    watchedConnections(deps, panel, request.panelist_id),
  )
  const panelist = panelistOf(request, standing.stored, fallbackCountry)
  const connections = deps.config.connections.filter(
    ({ id }) => mayUse(panel, id) && (request.connections === undefined || request.connections.includes(id)),
  )
  const age = panelistAgeFloor(deps, panel, panelist.country, request, standing.stored)
  const known = panelistFactsOf(standing, age)
  const doors = connectionDoors(deps, panel, connections, known)
  const live = await askLive(deps, panel, request, panelist, doors.asked)
  const query: CatalogueQuery = {
    panelist,
    device: request.device ?? null,
    panel: panel.id,
    connections: doors.offered.map(({ id }) => id),
    excludedSurveys: new Set(standing.taken),
    excludedGroups: new Set(),
    taken: known.taken,
    invitations: known.invitations,
    past: known.past,
    limit: request.limit,
  }
  const found = deps.catalogue.offers(query)
  const offers = await inTurns(deps, panel.id, found, (offer) => offer)
  matched(query)
  const own = live.answers.flatMap(({ connection, match }) =>
    (match?.surveys ?? [])
      .filter((one) => isOffered(deps, panel, known, connection.id, one, now))
      .map((survey) => liveOffer(survey, connection, deps.catalogue.ownOutcomes(survey.surveyId))),
  )
  const ranked = own.length === 0 ? offers : [...offers, ...own].sort(compareRanked).slice(0, request.limit)
  const liveStatus = new Map(live.answers.map(({ status }) => [status.id, status]))
  const expiresAt = new Date(now.getTime() + OFFER_TTL_MS)
  const { revision, ageMs } = deps.catalogue.state()
  const answers = await inTurns(deps, panel.id, ranked, (offer) => {
    const circumstances = deps.live.has(offer.connection) ? live.circumstances : null
    return answerOf(deps, panel, request.panelist_id, offer, expiresAt, circumstances)
  })
  if (request.explain) await explainEach(deps, panel, panelist, request.device ?? null, known, answers)
  return {
    panelist_id: request.panelist_id,
    offers: answers,
    connections: deps.catalogue.standings(connections.map(({ id }) => id)).map(
      ({ id, status, ageSeconds }) =>
        liveStatus.get(id) ?? {
          id,
          status,
          age_seconds: ageSeconds,
          ...(status === 'error' ? { error: 'the last poll failed' } : {}),
        },
    ),
    ...(request.partner_offers
      ? { partner_offers: partnerOffers(deps, panel, request.panelist_id, live, new Set(standing.taken), expiresAt) }
      : {}),
    ...warningsOf(deps, panelist.profile, panelist.country),
    catalogue: { revision: Number(revision), age_ms: ageMs },
  }
}

/** Converts offers in slices and waits for a turn between two slices. A single slice does not wait. */
async function inTurns<Given, Written>(
  { turns }: ApiDependencies,
  panel: string,
  given: Iterable<Given>,
  write: (one: Given) => Written,
): Promise<Written[]> {
  const written: Written[] = []
  for (const one of given) {
    if (written.length > 0 && written.length % OFFERS_A_SLICE === 0) await turns.next(panel)
    written.push(write(one))
  }
  return written
}

/** The panelist of a match: fields of the request count for this call, the others come from the stored panelist. */
export function panelistOf(
  request: Pick<MatchRequest, 'panelist_id' | 'country' | 'locale' | 'profile' | 'date_of_birth'>,
  stored: Panelist | null,
  fallbackCountry?: string,
): Panelist {
  const country = request.country ?? stored?.country ?? fallbackCountry
  if (country === undefined) {
    throw invalid([
      { field: 'country', message: 'is required because this panelist is not stored (PUT /v1/panelists/{id})' },
    ])
  }
  const ownProfile = request.profile !== undefined
  return {
    panelistId: request.panelist_id,
    country,
    locale: request.locale ?? stored?.locale ?? null,
    dateOfBirth: request.date_of_birth ?? (ownProfile ? null : (stored?.dateOfBirth ?? null)),
    profile: request.profile ?? stored?.profile ?? {},
  }
}

function answerOf(
  deps: ApiDependencies,
  panel: PanelConfig,
  panelistId: string,
  offer: CatalogueOffer,
  expiresAt: Date,
  circumstances: string | null,
): Offer {
  const { surveyId, quotaId, price } = offer
  return {
    offer_id: deps.offers.issue({ panel: panel.id, surveyId, quotaId, price, expiresAt, circumstances }, panelistId),
    survey_id: surveyId,
    connection: offer.connection,
    provider: offer.provider,
    provider_survey_id: offer.providerSurveyId,
    provider_quota_id: quotaId,
    match: offer.match,
    loi_minutes: offer.loiMinutes,
    ir_percent: offer.irPercent,
    conversion_percent: offer.expectedConversionPercent,
    cpi: { amount_minor: Number(price.amountMinor), currency: price.currency },
    reward: rewardFor(price, panel.reward),
    score: offer.score,
    why: [...offer.why],
    expires_at: expiresAt.toISOString(),
  }
}
