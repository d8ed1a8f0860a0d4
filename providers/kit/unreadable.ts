import type { z } from 'zod'
import type { Unreadable } from '../adapter.js'

/** Which record it is, as far as it can be read. */
export type RecordIdentity = Pick<Unreadable, 'providerSurveyId' | 'order'>

/** The first fault that a schema found, with its path: `quotas.0.id: expected string`. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  return issue ? `${issue.path.join('.') || 'the record'}: ${issue.message}` : 'unreadable'
}

/** Why bytes are not JSON, for a record in quarantine. */
export function notJson(error: unknown): string {
  return `not JSON: ${error instanceof Error ? error.message : 'unreadable'}`
}

/** A record for quarantine, with its bytes. */
export function unreadable({ providerSurveyId, order }: RecordIdentity, reason: string, raw: Uint8Array): Unreadable {
  return { providerSurveyId, order, reason, raw }
}
