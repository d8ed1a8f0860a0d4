import type { SessionStatus } from '../activities/sessions.js'
import { workflowsOfSession } from '../domain/visibility.js'
import { type ClaimInput, sessionWorkflowId } from './messages/session.js'

/** The page an operator sees under "Current details" in the Temporal UI. Markdown; ids and states only. */
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
 * The page of a session whose workflow has ended, which nothing can change any more: it says when it was true and where
 * later news is.
 */
export function endedDetails(status: SessionStatus, sessionId: string): string {
  return [
    sessionDetails(status),
    '',
    'As of the end of this workflow. A late complete or a reversal after it has a workflow of its own: search for ' +
      `\`${workflowsOfSession(sessionId)}\`.`,
  ].join('\n')
}

/** The page of late news: how the session stands with it, and where the rest of the session is. */
export function claimDetails(status: SessionStatus, { sessionId }: ClaimInput): string {
  return [
    sessionDetails(status),
    `| session | ${sessionWorkflowId(sessionId)} |`,
    '',
    `Everything about this session: \`${workflowsOfSession(sessionId)}\`.`,
  ].join('\n')
}
