import type { ZodObject, ZodType } from 'zod'

/** Who may call an address. */
export type Audience = 'panel' | 'operator' | 'demand_partner' | 'survey_platform' | 'anyone'

/**
 * The form of an address's errors: problem+json; the gateway's Error and ValidationError; the buyers' codes; the
 * suppliers' failure; or a page for a respondent's browser.
 */
export type ErrorWords = 'problem' | 'gateway' | 'buyer' | 'supplier' | 'page'

/** One answer of an operation, for one status. */
export interface Answer {
  readonly description: string
  readonly schema?: ZodType
  /** [application/json] */
  readonly contentType?: string
}

/**
 * One address as the document describes it. Its schemas are those with which the route validates, so that the document
 * cannot differ from the code.
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
  /** Errors in addition to those of the middleware, or with a better description, in the form of the address. */
  readonly problems?: Readonly<Record<number, string>>
  /** [problem] */
  readonly errors?: ErrorWords
  /** Where PureSpectrum Buy and Supply API want the key [`x-api-key`, or `Authorization`]. */
  readonly keyHeader?: 'access-token'
}
