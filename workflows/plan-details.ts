import type { PlanLook } from '../activities/plans.js'

/** The plan's "Current details" in the Temporal UI, for operators. Markdown; ids, counts and times only. */
export function planDetails(look: PlanLook, waitsFor: string): string {
  const why = look.state === 'closed' ? ` (${WHY[look.reason]})` : ''
  const lines = [
    `**${look.state}${why}** · ${look.completes} of ${look.target} completes`,
    '',
    '| | |',
    '|---|---|',
    `| buyer | ${look.demandPartner} |`,
    `| survey | ${look.surveyId} |`,
    `| finish date | ${look.finishAt === null ? 'none' : new Date(look.finishAt).toISOString()} |`,
  ]
  if (look.softLaunch !== null) lines.push(`| soft launch | ${softLaunch(look.softLaunch)} |`)
  lines.push(`| next | ${waitsFor} |`)
  return lines.join('\n')
}

const WHY = { buyer: 'by the buyer', filled: 'filled', finish_date: 'finish date' } as const

function softLaunch({ completes, fullLaunchAt }: NonNullable<PlanLook['softLaunch']>): string {
  if (fullLaunchAt === null) return `${completes} completes at first`
  return `${completes} completes reached, full launch ${new Date(fullLaunchAt).toISOString()}`
}
