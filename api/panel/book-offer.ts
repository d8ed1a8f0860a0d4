import { upstreamPanelistId, watchedConnections } from '../../commands/access/usable-connections.js'
import type { Bookable } from '../../commands/sessions/book.js'
import { type PanelistStanding, readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import { findPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import { findSurvey, type SurveyRecord } from '../../db/read-models/survey-record.js'
import { decide } from '../../domain/eligibility/decide.js'
import type { Facts } from '../../domain/eligibility/facts.js'
import type { RuleName } from '../../domain/eligibility/rules.js'
import type { PanelistSnapshot, Profile } from '../../domain/panelist.js'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'
import { type Slots, slotsOf } from '../../domain/plan/slot-choice.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { bookingFacts, panelistFactsOf } from '../eligibility/gather-facts.js'
import { notFound, Problem } from '../http/problem.js'
import { expandedFor, GATEWAY_VOCABULARY, namedProfile, planTerms } from '../plan-booking.js'
import { quotaKey } from '../tokens/offer-token.js'
import { panelistAgeFloor, tooYoung } from './age-floor.js'
import { findOffers } from './find-offers.js'
import { findOwnOffer } from './live/find-own-offer.js'
import type { CreateSessionRequest } from './schemas.js'
import { sessionExists } from './session-exists.js'

/**
 * Reads an offer and decides whether it is still valid: by the rules of a booking, and at a price not lower than shown.
 * Does not decide again on the panelist's answers (docs/matching.md, "One decision, seven doors").
 * @throws Problem 404 for an unreadable offer or another panelist's, 409 with the reason's code, else `offer_gone`
 */
export async function bookOffer(
  deps: ApiDependencies,
  panel: PanelConfig,
  body: CreateSessionRequest,
): Promise<Bookable> {
  const now = deps.clock()
  const offer = deps.offers.read(body.offer_id, panel.id, body.panelist_id, now)
  if (offer === null) throw notFound('Offer not found: send an offer_id of a match for this panelist')
  const [found, standing] = await Promise.all([
    offer.circumstances === null
      ? findSurvey(deps.knex, offer.surveyId)
      : findOwnOffer(deps, panel, body.panelist_id, offer.surveyId, offer.circumstances),
    readPanelistStanding(deps.knex, panel.id, body.panelist_id, now, watchedConnections(deps, panel, body.panelist_id)),
  ])
  const connection = deps.config.connections.find(({ id }) => id === found?.connection)
  const gone = () => offerGone(deps, panel, body, offer.surveyId, found?.survey.country)
  if (found === null || connection === undefined || offer.expired) throw await gone()
  const ownPlan = found.connection === GATEWAY
  const plan = ownPlan ? await findPlan(deps.knex, found.providerSurveyId, now) : null
  const snapshot = snapshotOf(body.profile, standing.stored)
  const slots = slotsOfOffer(offer.quotaKey, found, plan, snapshot, now)
  const age = panelistAgeFloor(deps, panel, found.survey.country, body, standing.stored)
  const facts = bookingFacts(deps, panel, connection, found, ownPlan, {
    panelist: panelistFactsOf(standing, age),
    profile: null,
    quota: { kind: 'these', quotaIds: slots.quotaIds },
    plan,
    now,
  })
  const { reason, quota, price } = decide(facts, 'book')
  if (reason !== null) throw await (REFUSALS[reason.rule]?.(deps, panel, body, facts) ?? gone())
  if (price.currency !== offer.price.currency || price.amountMinor < offer.price.amountMinor) throw await gone()
  const terms = plan === null ? null : planTerms(plan, slots, namedProfile(plan, slots, snapshot, now))
  return {
    found,
    ownSurvey: offer.circumstances === null ? null : found.survey,
    quota,
    price,
    requiredGrade: terms?.requiredGrade ?? connection.requiredGrade,
    providerPanelistId: upstreamPanelistId(deps, panel, connection, body.panelist_id),
    snapshot,
    plan: terms?.plan ?? null,
  }
}

type Refusal = (
  deps: ApiDependencies,
  panel: PanelConfig,
  body: CreateSessionRequest,
  facts: Facts,
) => Promise<Problem> | undefined

/** The problem for a rule that refuses the booking. Every other rule answers `offer_gone` with alternatives. */
const REFUSALS: Readonly<Partial<Record<RuleName, Refusal>>> = {
  minimum_age: async (_deps, _panel, _body, { panelist, survey }) =>
    new Problem(409, 'below_minimum_age', tooYoung(panelist.age?.minimumAge ?? 0, survey.country)),
  taken: (deps, panel, { panelist_id: panelistId }, { surveyId, panelist }) =>
    panelist.underWay.has(surveyId) ? sessionExists(deps, panel, panelistId, surveyId) : undefined,
  caps: async () => new Problem(409, 'cap_reached', 'This panelist has reached the cap on starts: try again later'),
}

/** The quotas in which an offer's session takes a slot. A deleted quota is given by its key, which is no quota's id. */
function slotsOfOffer(
  key: string | null,
  found: SurveyRecord,
  plan: PlanRecord | null,
  snapshot: PanelistSnapshot,
  now: Date,
): Slots {
  if (key === null) return { quotaId: null, quotaIds: [] }
  const { quotas } = plan === null ? found.survey : surveyOfPlan(plan)
  const quota = quotas.find(({ quotaId }) => quotaKey(quotaId) === key)
  if (quota === undefined || plan === null) return { quotaId: quota?.quotaId ?? key, quotaIds: [quota?.quotaId ?? key] }
  return slotsOf(plan, expandedFor(snapshot, GATEWAY_VOCABULARY, now), quota.quotaId)
}

/**
 * The answers of a panelist for a session: the profile in the request, otherwise the stored one (docs/router.md,
 * Creating a session). A date of birth replaces `age`; the stored one counts only with the stored profile.
 */
export function snapshotOf(given: Profile | undefined, stored: PanelistStanding['stored']): PanelistSnapshot {
  const profile = given ?? stored?.profile ?? {}
  const inProfile = typeof profile.date_of_birth === 'string' ? profile.date_of_birth : null
  return { profile, dateOfBirth: inProfile ?? (given === undefined ? (stored?.dateOfBirth ?? null) : null) }
}

const MOST_ALTERNATIVES = 3

/** 409 `offer_gone` with up to three fresh offers for the same panelist, the same survey first. */
export async function offerGone(
  deps: ApiDependencies,
  panel: PanelConfig,
  body: CreateSessionRequest,
  surveyId: string,
  country?: string,
): Promise<Problem> {
  const answer = await findOffers(
    deps,
    panel,
    {
      panelist_id: body.panelist_id,
      profile: body.profile,
      device: body.device,
      user_ip: body.user_ip,
      user_agent: body.user_agent,
      limit: 50,
      wait_ms: 0,
      explain: false,
      partner_offers: false,
    },
    country,
  ).catch((error: unknown) => {
    // the panelist is not stored and the request has no country, so there is nothing to match by
    if (error instanceof Problem) return { offers: [] }
    throw error
  })
  const same = answer.offers.filter((offer) => offer.survey_id === surveyId)
  const others = answer.offers.filter((offer) => offer.survey_id !== surveyId)
  return new Problem(409, 'offer_gone', 'This offer is no longer valid: the survey is closed, full, or pays less now', {
    members: { alternatives: [...same, ...others].slice(0, MOST_ALTERNATIVES) },
  })
}
