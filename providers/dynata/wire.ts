import { z } from 'zod'
import { flag as aFlag, decimalText, list, figure as number, optional, optionalList } from '../kit/wire-values.js'

/**
 * The shapes of Dynata's answers (Dynata Match API, Successful Response). Tolerant of unknown members and of optional
 * ones that are absent or null; strict about what is paid and where a panelist is sent.
 */

const id = z.union([z.string(), z.number().int(), z.bigint()]).transform(String).pipe(z.string().trim().min(1).max(200))
const words = optional(z.string().max(4_000)).catch(null)

const figure = (most: number) => optional(number.pipe(z.number().min(0).max(most)))
const flag = optional(aFlag).catch(null)

/** Surveys have the following parameters; topics, survey_type and respondent_type are always empty. */
export const wireSurvey = z.object({
  id,
  average_loi: figure(1_440),
  incidence_rate: figure(100),
  /** "JSON number: float or int", with every digit as sent; the sample's cpi is text. */
  cpi: optional(decimalText),
  link: z.string(),
})
export type WireSurvey = z.output<typeof wireSurvey>

/**
 * Offers have the following parameters. `requirement_text` is the sample's spelling, `requirements_text` the table's;
 * so `Free`.
 */
export const wireOffer = z.object({
  id,
  external_project_id: optional(id).catch(null),
  offer_filter_tag: optionalList(z.string().max(200), 100).catch([]),
  headline_text: words,
  requirements_text: words,
  requirement_text: words,
  free: flag,
  Free: flag,
  credit_card_required: flag,
  cpi: optional(decimalText),
  link: z.string(),
})

/** Which survey a record is about, if the rest of it cannot be read. */
export const identity = z.object({ id: id.optional().catch(undefined) }).catch({})

const code = z.union([z.number(), z.string(), z.bigint()]).transform((value) => String(value).trim())

/** `{errorInfo: {error, code, reset}}`, with HTTP 200 (publisher guide). */
export const errorAnswer = z.object({
  errorInfo: z.object({ code, error: z.unknown().optional() }),
})

export const matchAnswer = z.object({
  user_id: z.string().nullish().catch(null),
  surveys: list(z.unknown(), 10_000),
  offers: optionalList(z.unknown(), 10_000),
})
