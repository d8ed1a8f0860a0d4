import type { SessionStatus } from '../activities/sessions.js'

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
