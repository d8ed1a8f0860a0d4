import type { ZodObject, ZodType } from 'zod'

/** Who may call an address. */
export type Audience = 'panel' | 'operator' | 'demand_partner' | 'survey_platform' | 'anyone'

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
  /** Answers as problem+json beside those that every address of this audience has. */
  readonly problems?: Readonly<Record<number, string>>
  /**
   * How it says what went wrong: problem+json, seed 000's Error and ValidationError, or its own words, which are then
   * among `answers` [problem]
   */
  readonly errors?: 'problem' | 'gateway' | 'own'
  /** Where seeds 002 and 004 want the key [`x-api-key`, or `Authorization`]. */
  readonly keyHeader?: 'access-token'
}

/** What every address that asks for a key may answer. */
export const KEYED_PROBLEMS: Readonly<Record<number, string>> = {
  401: 'No key, or a key that is not known',
  403: 'Another kind of key, or a role that the operator lacks',
  429: 'More requests than the key may send; see Retry-After',
  503: 'PostgreSQL cannot be reached; see Retry-After',
}

/** The same of the gateway we offer: another kind of key is 401 there (contract §5). */
export const GATEWAY_PROBLEMS: Readonly<Record<number, string>> = {
  401: 'Access token is missing or invalid, or belongs to another kind of client',
  429: 'More requests than the key may send; see Retry-After',
  500: 'Unexpected error',
  503: 'PostgreSQL cannot be reached; see Retry-After',
}
