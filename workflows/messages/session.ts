import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Outcome } from '../../domain/outcome.js'
import type { SessionState } from '../../domain/session.js'
import { searchAttribute } from '../../domain/visibility.js'

/** What starts a session's workflow: ids only; everything else is read from PostgreSQL by activities. */
export interface SessionInput {
  readonly sessionId: string
  readonly connection: string
  /** How long the respondent may take to click, and then to finish, in milliseconds. */
  readonly entryTtlMs: number
  readonly completionTtlMs: number
}

/** A session as its workflow knows it. */
export interface SessionPosition {
  readonly state: SessionState
  readonly outcome: Outcome | null
  readonly provisional: boolean
  readonly payable: boolean
}

export interface ClaimInput {
  readonly claimId: string
  readonly sessionId: string
}

export interface PostbackInput {
  readonly postbackId: string
}

/** What the workflows beside a session's own are found by; nothing where the session is not known. */
export const aboutSession = (sessionId: string | undefined) =>
  sessionId === undefined
    ? {}
    : { typedSearchAttributes: [{ key: searchAttribute('TributarySession'), value: sessionId }] }

/** Workflow ids are business keys: starting twice is harmless. */
export const sessionWorkflowId = (sessionId: string): string => `session:${sessionId}`
export const claimWorkflowId = (claimId: string): string => `claim:${claimId}`
export const postbackWorkflowId = (postbackId: string, redelivery: number): string =>
  `postback:${postbackId}:${redelivery}`

/** Answers once the provider has given (or refused) the entry. */
export const entryOpened = defineUpdate<SessionPosition>('entryOpened')
/** The respondent clicked; PostgreSQL already knows. */
export const respondentEntered = defineSignal('respondentEntered')
/** A claim is committed; the workflow reads it from PostgreSQL. */
export const outcomeArrived = defineSignal('outcomeArrived')
/** Where the session stands. */
export const position = defineQuery<SessionPosition>('position')
