import { z } from 'zod'

/** The parts of Tributary's answers that the demo shows; tolerant of everything else. */
const Money = z.object({ amount_minor: z.number(), currency: z.string() })
const Reward = z.object({ amount: z.number(), currency: z.string() })

export const Offer = z.object({
  offer_id: z.string(),
  survey_id: z.string(),
  connection: z.string(),
  provider_survey_id: z.string(),
  provider_quota_id: z.string().nullish(),
  match: z.string(),
  loi_minutes: z.number().nullish(),
  ir_percent: z.number().nullish(),
  conversion_percent: z.number().nullish(),
  cpi: Money.nullish(),
  reward: Reward.nullish(),
  score: z.number().nullish(),
  why: z.array(z.unknown()).default([]),
})
export type Offer = z.infer<typeof Offer>

export const Match = z.object({
  offers: z.array(Offer),
  connections: z.array(z.object({ id: z.string(), status: z.string(), age_seconds: z.number().nullish() })).default([]),
})

export const CreatedSession = z.object({ session_id: z.string(), entry_url: z.url({ protocol: /^https?$/ }) })

/** `offer_gone` contains other offers, `session_exists` the existing session. */
export const Problem = z.object({
  code: z.string().optional(),
  alternatives: z.array(Offer).default([]),
  entry_url: z.url({ protocol: /^https?$/ }).optional(),
})

export const SessionView = z.object({
  session_id: z.string(),
  state: z.string(),
  outcome: z.string().nullish(),
  grade: z.string().nullish(),
  provisional: z.boolean().nullish(),
  payable: z.boolean().nullish(),
  panelist_id: z.string().nullish(),
  connection: z.string().nullish(),
  provider_survey_id: z.string().nullish(),
  provider_session_id: z.string().nullish(),
  price: Money.nullish(),
  reward: Reward.nullish(),
  events: z.array(z.looseObject({ at: z.string(), type: z.string() })).default([]),
  workflow_id: z.string().nullish(),
})
export type SessionView = z.infer<typeof SessionView>

export const SessionList = z.object({ sessions: z.array(SessionView) })
