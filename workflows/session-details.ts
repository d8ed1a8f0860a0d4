import type { SessionStatus } from '../activities/sessions.js'
import { workflowsOfSession } from '../domain/visibility.js'
import { type ClaimInput, sessionWorkflowId } from './messages/session.js'

/** The session's "Current details" in the Temporal UI, for operators. Markdown; ids and states only. */
export function sessionDetails(status: SessionStatus): string {
  const verdict =
    status.outcome === null ? status.state : `${status.outcome}${status.provisional ? ' (provisional)' : ''}`
  const lines = [
    `**${verdict}**${status.payable ? ' · payable' : ''}${status.needsReview ? ' · needs review' : ''}`,
    '',
    '| | |',
    '|---|---|',
    `| connection | ${status.connection} |`,
    `| panel | ${status.panel} |`,
    `| survey | ${status.surveyId} |`,
    `| evidence | ${status.grade ?? 'none yet'} |`,
  ]
  if (status.deadline !== null) lines.push(`| deadline | ${new Date(status.deadline).toISOString()} |`)
  if (status.reviewReason !== null) lines.push(`| why review | ${status.reviewReason} |`)
  return lines.join('\n')
}

/**
 * The details of a session whose workflow has ended, which cannot change any more: says as of when they are true and
 * where later news is.
 */
export function endedDetails(status: SessionStatus, sessionId: string): string {
  return [
    sessionDetails(status),
    '',
    'As of the end of this workflow. A late complete or a reversal after it has a workflow of its own: search for ' +
      `\`${workflowsOfSession(sessionId)}\`.`,
  ].join('\n')
}

/** The details of a late claim: the session's standing with it, and where to find the rest of the session. */
export function claimDetails(status: SessionStatus, { sessionId }: ClaimInput): string {
  return [
    sessionDetails(status),
    `| session | ${sessionWorkflowId(sessionId)} |`,
    '',
    `All workflows of this session: \`${workflowsOfSession(sessionId)}\`.`,
  ].join('\n')
}
