import { isCapped, mayUse, upstreamPanelistId, watchedConnections } from '../../commands/access/usable-connections.js'
import { type PanelistStanding, readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import { findPlan } from '../../db/read-models/plan-record.js'
import { findSurvey, type SurveyRecord } from '../../db/read-models/survey-record.js'
import { excludedByGroup } from '../../domain/grouping.js'
import type { PanelistSnapshot, Profile } from '../../domain/panelist.js'
import { mayTakePart } from '../../domain/participation.js'
import { slotsWith } from '../../domain/plan/slot-choice.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { Quota } from '../../domain/survey.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { Bookable } from '../booked-session.js'
import type { ApiDependencies } from '../dependencies.js'
import { notFound, Problem } from '../http/problem.js'
import { expandedFor, GATEWAY_VOCABULARY, namedProfile, type PlanTerms, planTerms } from '../plan-booking.js'
import { quotaKey } from '../tokens/offer-token.js'
import { panelistAgeFloor, tooYoung } from './age-floor.js'
import { findOffers } from './find-offers.js'
import { findOwnOffer } from './live/find-own-offer.js'
import type { CreateSessionRequest } from './schemas.js'

/**
 * Reads an offer and checks that it still stands: survey and quota open, not full, not cheaper than shown, its
 * connection in use.
 * @throws Problem 404 for an offer that is unreadable or somebody else's, 409 `offer_gone`
 */
export async function bookOffer(
  deps: ApiDependencies,
  panel: PanelConfig,
  body: CreateSessionRequest,
): Promise<Bookable> {
  const offer = deps.offers.read(body.offer_id, panel.id, body.panelist_id, deps.clock())
  if (offer === null) throw notFound('This offer_id is not known')
  const now = deps.clock()
  const [found, standing] = await Promise.all([
    offer.circumstances === null
      ? findSurvey(deps.knex, offer.surveyId)
      : findOwnOffer(deps, panel, body.panelist_id, offer.surveyId, offer.circumstances),
    readPanelistStanding(deps.knex, panel.id, body.panelist_id, now, watchedConnections(deps, panel, body.panelist_id)),
  ])
  const connection = deps.config.connections.find(({ id }) => id === found?.connection)
  const quota = found?.survey.quotas.find(({ quotaId }) => quotaKey(quotaId) === offer.quotaKey) ?? null
  const country = found?.survey.country ?? standing.stored?.country
  if (country !== undefined) {
    const floor = panelistAgeFloor(deps, panel, country, body, standing.stored)
    if (!floor.holds) throw new Problem(409, 'below_minimum_age', tooYoung(floor, country))
  }
  const gone = () => offerGone(deps, panel, body, offer.surveyId, found?.survey.country)
  if (found === null || connection === undefined || offer.expired) throw await gone()
  if (!takesPeople(deps, panel, connection, found, now)) throw await gone()
  if (!isWelcome(found, quota, standing)) throw await gone()
  if (excludedByGroup(found.connection, found.providerSurveyId, found.survey, standing.takenSurveys, now) !== null) {
    throw await gone()
  }
  if (offer.quotaKey !== null && (quota === null || !isOpen(quota))) throw await gone()
  const price = quota?.price ?? found.survey.price
  if (price.currency !== offer.price.currency || price.amountMinor < offer.price.amountMinor) throw await gone()
  if (isCapped(panel, connection, standing)) {
    throw new Problem(409, 'cap_reached', 'This panelist has had all the starts that the caps allow for now')
  }
  const snapshot = snapshotOf(body.profile, standing.stored)
  const terms = found.connection === GATEWAY ? await bookPlan(deps, panel, found, quota, snapshot, now) : null
  if (found.connection === GATEWAY && terms === null) throw await gone()
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

/** The slots of a plan of our own, as far as they can be told before the click. @returns null when there is no room */
async function bookPlan(
  deps: ApiDependencies,
  panel: PanelConfig,
  found: SurveyRecord,
  quota: Quota | null,
  snapshot: PanelistSnapshot,
  now: Date,
): Promise<PlanTerms | null> {
  const record = await findPlan(deps.knex, found.providerSurveyId, now)
  if (record === null || record.status !== 'OPEN') return null
  const profile = expandedFor(snapshot, GATEWAY_VOCABULARY, now)
  const slots = slotsWith(record, profile, panel.id, quota?.quotaId ?? null)
  return slots.kind === 'slots' ? planTerms(record, slots, namedProfile(record, slots, snapshot, now)) : null
}

/**
 * What counts of a panelist for a session: the profile that came with the request, else the stored one (contract §4).
 * A date of birth stands for `age`; the stored one only beside the stored profile.
 */
export function snapshotOf(given: Profile | undefined, stored: PanelistStanding['stored']): PanelistSnapshot {
  const profile = given ?? stored?.profile ?? {}
  const inProfile = typeof profile.date_of_birth === 'string' ? profile.date_of_birth : null
  return { profile, dateOfBirth: inProfile ?? (given === undefined ? (stored?.dateOfBirth ?? null) : null) }
}

/** Whether a survey takes people of a panel now, whoever they are. */
export function takesPeople(
  deps: ApiDependencies,
  panel: PanelConfig,
  connection: ConnectionBase,
  found: SurveyRecord,
  now: Date,
): boolean {
  const { survey } = found
  return (
    mayUse(panel, connection.id) &&
    deps.catalogue.standings([connection.id]).some((one) => one.offered) &&
    found.status === 'open' &&
    survey.enterable &&
    (survey.availableCompletes === null || survey.availableCompletes > 0) &&
    (survey.finishAt === null || new Date(survey.finishAt) > now) &&
    (survey.panels === undefined || survey.panels.includes(panel.id))
  )
}

/** Asked again at the booking: what a provider said about this panelist since the match counts. */
export function isWelcome(
  { surveyId, connection, survey }: SurveyRecord,
  quota: Quota | null,
  standing: PanelistStanding,
) {
  const named = survey.membersOnly !== true || standing.invitations.get(surveyId)?.has(quota?.quotaId ?? '') === true
  // a session of this very survey that is under way has an answer of its own (409 session_exists)
  const past = standing.past.filter(
    (session) => session.outcome !== null || session.providerSurveyId !== survey.providerSurveyId,
  )
  return (
    named && !standing.blocked.includes(connection) && mayTakePart(survey, connection, quota?.quotaId ?? null, past)
  )
}

export const isOpen = (quota: Quota): boolean =>
  quota.status === 'open' && (quota.available === null || quota.available > 0)

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
    // a panelist nobody stored and who came without a country: there is nothing to match by
    if (error instanceof Problem) return { offers: [] }
    throw error
  })
  const same = answer.offers.filter((offer) => offer.survey_id === surveyId)
  const others = answer.offers.filter((offer) => offer.survey_id !== surveyId)
  return new Problem(409, 'offer_gone', 'This offer no longer stands: the survey is gone, full, or pays less now', {
    members: { alternatives: [...same, ...others].slice(0, MOST_ALTERNATIVES) },
  })
}
