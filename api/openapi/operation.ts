import type { ZodObject, ZodType } from 'zod'

/** Who may call an address. */
export type Audience = 'panel' | 'operator' | 'demand_partner' | 'survey_platform' | 'anyone'

/**
 * How an address says what went wrong: problem+json; the gateway's Error and ValidationError; the buyers' codes; the
 * suppliers' failure; or a page for a respondent's browser.
 */
export type ErrorWords = 'problem' | 'gateway' | 'buyer' | 'supplier' | 'page'

/** One answer of an operation. */
export interface Answer {
  readonly description: string
  readonly schema?: ZodType
  /** [application/json] */
  readonly contentType?: string
}

/**
 * One address as the document describes it. The schemas are those which the route itself validates with, so that the
 * document cannot say anything else than the program does.
 */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete'
  /** As OpenAPI writes it: `/v1/sessions/{session_id}`. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  /** CommonMark. */
  readonly description?: string
  readonly audience: Audience
  readonly params?: ZodObject
  readonly query?: ZodObject
  readonly headers?: ZodObject
  readonly body?: { readonly schema: ZodType; readonly required?: boolean; readonly contentType?: string }
  readonly answers: Readonly<Record<number, Answer>>
  /** Errors beside those that the middleware answers, or in better words, each in the words of the address. */
  readonly problems?: Readonly<Record<number, string>>
  /** [problem] */
  readonly errors?: ErrorWords
  /** Where PureSpectrum Buy and Supply API want the key [`x-api-key`, or `Authorization`]. */
  readonly keyHeader?: 'access-token'
}
