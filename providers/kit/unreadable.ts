import type { z } from 'zod'
import type { Unreadable } from '../adapter.js'

/** Which record it is, as far as that much could be read. */
export type RecordIdentity = Pick<Unreadable, 'providerSurveyId' | 'order'>

/** The first fault that a schema found, with its place: `quotas.0.id: expected string`. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  return issue ? `${issue.path.join('.') || 'the record'}: ${issue.message}` : 'unreadable'
}

/** Why bytes are no JSON, for a record that is put aside. */
export function notJson(error: unknown): string {
  return `not JSON: ${error instanceof Error ? error.message : 'unreadable'}`
}

/** A record that is put aside with its bytes. */
export function unreadable({ providerSurveyId, order }: RecordIdentity, reason: string, raw: Uint8Array): Unreadable {
  return { providerSurveyId, order, reason, raw }
}
