import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Outcome } from '../../domain/outcome.js'
import type { SessionState } from '../../domain/session.js'
import { searchAttribute } from '../../domain/visibility.js'

/** What starts a session's workflow: ids only; activities read everything else from PostgreSQL. */
export interface SessionInput {
  readonly sessionId: string
  readonly connection: string
  /** How long the respondent has to click, and then to finish, in milliseconds. */
  readonly entryTtlMs: number
  readonly completionTtlMs: number
}

/** The position of a session as its workflow knows it. */
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

/** Links the other workflows of a session to it; empty if the session is unknown. */
export const aboutSession = (sessionId: string | undefined) =>
  sessionId === undefined
    ? {}
    : { typedSearchAttributes: [{ key: searchAttribute('TributarySession'), value: sessionId }] }

/** Workflow ids are business keys, so starting is idempotent. */
export const sessionWorkflowId = (sessionId: string): string => `session:${sessionId}`
export const claimWorkflowId = (claimId: string): string => `claim:${claimId}`
export const postbackWorkflowId = (postbackId: string, redelivery: number): string =>
  `postback:${postbackId}:${redelivery}`

/** Answers once the provider has returned or refused the entry. */
export const entryOpened = defineUpdate<SessionPosition>('entryOpened')
/** The respondent clicked; PostgreSQL has the entry already. */
export const respondentEntered = defineSignal('respondentEntered')
/** A claim is committed; the workflow reads it from PostgreSQL. */
export const outcomeArrived = defineSignal('outcomeArrived')
/** The position of the session. */
export const position = defineQuery<SessionPosition>('position')
