import { z } from 'zod'
import { ExplainAnswer } from './explain-schemas.js'
import {
  country,
  customPanelData,
  dateOfBirth,
  device,
  locale,
  money,
  panelistId,
  profile,
  reward,
  stamp,
  text,
  userAgent,
  userIp,
} from './fields.js'
import { ProfileWarnings } from './warning-schemas.js'

/** Body of `POST /v1/surveys/match` (docs/matching.md, The words of a profile). */
export const MatchRequest = z
  .strictObject({
    panelist_id: panelistId,
    country: country.optional(),
    locale: locale.optional(),
    profile: profile.optional(),
    date_of_birth: dateOfBirth.optional(),
    device: device.optional(),
    user_ip: userIp.optional(),
    user_agent: userAgent.optional(),
    limit: z
      .int({ error: 'must be a whole number from 1 to 200' })
      .min(1, 'must be 1 to 200')
      .max(200, 'must be 1 to 200')
      .default(20),
    connections: z
      .array(text(1, 128), { error: 'must be a list of connection ids' })
      .max(100, 'names more than 100 connections')
      .optional()
      .meta({ description: 'Only offers of these connections', example: ['kantar-us'] }),
    wait_ms: z
      .int({ error: 'must be a whole number of milliseconds' })
      .min(0, 'must be 0 to 10000 milliseconds')
      .max(10_000, 'must be 0 to 10000 milliseconds')
      .default(800)
      .meta({ description: 'How long to wait for providers that match on their side, in milliseconds' }),
    explain: z
      .boolean({ error: 'must be true or false' })
      .default(false)
      .meta({ description: 'Adds to each offer its `explanation`, as the explain route answers' }),
    partner_offers: z
      .boolean({ error: 'must be true or false' })
      .default(false)
      .meta({ description: 'Adds partner offers, which are not surveys, in a separate list' }),
  })
  .meta({
    id: 'MatchRequest',
    description: 'This call uses the profile in the body, otherwise the stored one.',
    example: { panelist_id: 'p-1001', country: 'USA', locale: 'en-US', profile: { age: 34, sex: 'female' }, limit: 3 },
  })
export type MatchRequest = z.output<typeof MatchRequest>

/** One survey matched to a panelist. */
export const Offer = z
  .object({
    offer_id: z.string().meta({ description: 'Opaque; valid 15 minutes, only for this panel and panelist' }),
    survey_id: z.string(),
    connection: z.string(),
    provider: z.string(),
    provider_survey_id: z.string(),
    provider_quota_id: z.string().nullable(),
    match: z.enum(['yes', 'maybe']),
    loi_minutes: z.number(),
    ir_percent: z.number(),
    conversion_percent: z.number().nullable(),
    cpi: money,
    reward,
    score: z.number(),
    why: z.array(z.string()),
    expires_at: stamp,
    explanation: ExplainAnswer.optional().meta({
      description: 'Only with `explain: true`, of offers of the catalogue',
    }),
  })
  .meta({
    id: 'Offer',
    example: {
      offer_id: 'WzE3Njg0NjkyMDAs…',
      survey_id: 'sv_5f0c2ab19e7d43c8a1b60d27',
      connection: 'kantar-us',
      provider: 'kantar',
      provider_survey_id: '10482',
      provider_quota_id: '3',
      match: 'yes',
      loi_minutes: 12,
      ir_percent: 55,
      conversion_percent: 31.5,
      cpi: { amount_minor: 150, currency: 'USD' },
      reward: { amount: 75, currency: 'points' },
      score: 3.94,
      why: ['1.50 USD for 12 minutes at 31.5 % conversion', 'fits quota 3'],
      expires_at: '2026-01-15T09:45:00.000Z',
    },
  })
export type Offer = z.output<typeof Offer>

export const ConnectionStatus = z
  .object({
    id: z.string().meta({ example: 'kantar-us' }),
    status: z.enum(['ok', 'stale', 'timeout', 'error', 'paused']),
    age_seconds: z.number().nullable().meta({
      example: 8,
      description: 'Since the last good poll; null when there was none',
    }),
    error: z.string().optional(),
  })
  .meta({ id: 'ConnectionStatus', example: { id: 'kantar-us', status: 'ok', age_seconds: 8 } })
export type ConnectionStatus = z.output<typeof ConnectionStatus>

/** A rewarded task that is not a survey, booked like a survey. */
export const PartnerOffer = z
  .object({
    offer_id: Offer.shape.offer_id,
    survey_id: z.string(),
    connection: z.string(),
    provider: z.string(),
    headline: z.string(),
    requirements: z.string(),
    free: z.boolean().nullable().meta({ description: 'False: it costs the panelist money; null: not known' }),
    credit_card_required: z.boolean().nullable(),
    tags: z.array(z.string()),
    cpi: money,
    reward,
    expires_at: stamp,
  })
  .meta({ id: 'PartnerOffer' })
export type PartnerOffer = z.output<typeof PartnerOffer>

/** Answer of `POST /v1/surveys/match`. */
export const MatchAnswer = z
  .object({
    panelist_id: panelistId,
    offers: z.array(Offer),
    connections: z.array(ConnectionStatus),
    partner_offers: z.array(PartnerOffer).optional().meta({ description: 'Only with `partner_offers: true`' }),
    warnings: ProfileWarnings,
    catalogue: z.object({ revision: z.int().meta({ example: 48213 }), age_ms: z.number().meta({ example: 140 }) }),
  })
  .meta({ id: 'MatchAnswer' })
export type MatchAnswer = z.output<typeof MatchAnswer>

/** Body of `POST /v1/sessions`. */
export const CreateSessionRequest = z
  .strictObject({
    // an unreadable offer id is 404, not 400, so that the answer does not show whether another panel's offer exists
    offer_id: z
      .string({ error: 'must be text' })
      .min(1, 'must not be empty')
      .max(4_096, 'is longer than 4096 characters'),
    panelist_id: panelistId,
    profile: profile.optional(),
    device: device.optional(),
    user_ip: userIp.optional(),
    user_agent: userAgent.optional(),
    custom_panel_data: customPanelData.optional(),
  })
  .meta({
    id: 'CreateSessionRequest',
    example: { offer_id: '(offer_id of a match)', panelist_id: 'p-1001', custom_panel_data: { click: 'c-77' } },
  })
export type CreateSessionRequest = z.output<typeof CreateSessionRequest>

export const SessionState = z.enum(['opening', 'created', 'entered', 'finished']).meta({ id: 'SessionState' })

/** 201 of `POST /v1/sessions`. */
export const CreateSessionAnswer = z
  .object({
    session_id: z.uuid(),
    entry_url: z.string().meta({ description: 'Send the respondent here' }),
    expires_at: stamp,
    state: SessionState,
    price: money
      .nullable()
      .meta({ description: 'Locked; null while opening if the provider sends the price with the entry' }),
    reward: reward.nullable(),
    warnings: ProfileWarnings,
  })
  .meta({
    id: 'CreateSessionAnswer',
    example: {
      session_id: '3f0c1d52-6a3e-4b61-9a53-2f1d0b7c9e10',
      entry_url: 'https://tributary.example/e/Q2xpY2sgbWU',
      expires_at: '2026-01-15T10:00:00.000Z',
      state: 'created',
      price: { amount_minor: 150, currency: 'USD' },
      reward: { amount: 75, currency: 'points' },
    },
  })
export type CreateSessionAnswer = z.output<typeof CreateSessionAnswer>

/** Every answer that is not a success: RFC 9457. */
export const ProblemAnswer = z
  .object({
    type: z.string().meta({ example: 'about:blank' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable; programs compare this', example: 'invalid_request' }),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })),
  })
  .meta({ id: 'Problem', description: 'problem+json: what is wrong, where, and what to do' })
export type ProblemAnswer = z.output<typeof ProblemAnswer>

/** 409 of `POST /v1/sessions`: gone, full, expired, or now cheaper than offered. */
export const OfferGoneProblem = ProblemAnswer.extend({
  code: z.literal('offer_gone'),
  alternatives: z.array(Offer).max(3).meta({ description: 'Fresh offers, the same survey first' }),
}).meta({ id: 'OfferGoneProblem' })

/** 409 of `POST /v1/sessions`: a cap, the minimum age, or a request with the same key in progress. */
export const NotNowProblem = ProblemAnswer.extend({
  code: z.enum(['cap_reached', 'below_minimum_age', 'request_in_progress']),
}).meta({ id: 'NotNowProblem' })

/** 409 of `POST /v1/sessions`: this panelist is in this survey already. */
export const SessionExistsProblem = ProblemAnswer.extend({
  code: z.literal('session_exists'),
  session_id: z.uuid(),
  entry_url: z.string(),
}).meta({ id: 'SessionExistsProblem' })
