import { type Html, html } from '../kit/html.js'
import { pager } from '../kit/pager.js'
import { progressBar } from '../kit/progress.js'
import { table } from '../kit/table.js'
import { tag } from '../kit/tag.js'
import { timeAgo } from '../kit/time.js'
import type { OpsView, PlanView } from './ops-view.js'

/** The tone of a status for an operator: active, to watch, or over. */
const TONES = { OPEN: 'good', PAUSED: 'warn', CLOSED: 'soft' } as const
const REASONS = { buyer: 'by the buyer', filled: 'filled', finish_date: 'its finish date has passed' } as const

/** The buyers' survey plans with their progress; null if there are no buyers. */
export function plansSection({ plans, olderPlans, now }: OpsView): Html | null {
  if (plans === null) return null
  return html`
<h2 id="plans">Survey plans</h2>
${table({
  label: 'Survey plans',
  rows: plans,
  empty: 'No buyer has launched a survey plan.',
  columns: [
    { heading: 'plan', names: true, cell: name },
    {
      heading: 'buyer',
      cell: ({ demandPartner, buyerSurveyId }) => html`${demandPartner} <span class="soft">${buyerSurveyId}</span>`,
    },
    { heading: 'status', cell: status },
    { heading: 'completes', cell: completes },
    { heading: 'held now', numeric: true, cell: ({ held }) => held },
    { heading: 'panels', cell: panels },
    { heading: 'launched', cell: ({ createdAt }) => timeAgo(createdAt, now) },
  ],
})}
${pager({ label: 'survey plans', next: olderPlans, words: { next: 'Older plans' } })}`
}

function name({ planId, country, workflowUrl }: PlanView): Html {
  const words = html`<code>${planId}</code>`
  return html`${workflowUrl === null ? words : html`<a href="${workflowUrl}">${words}</a>`} <span class="soft">${country}</span>`
}

const status = ({ status: word, statusReason }: PlanView): Html =>
  html`${tag(word, TONES[word])}${word !== 'OPEN' && html` ${REASONS[statusReason]}`}`

function completes({ completes: done, target, overage, planId }: PlanView): Html {
  const beyond = overage !== 0 && html` <span class="soft">(and ${overage} beyond)</span>`
  return html`${done} of ${target}${beyond}${progressBar(`Completes of ${planId}`, done, target)}`
}

/** Each panel's completes: "toplife 3 of 10" if completes are allocated to it. */
function panels({ panels: each }: PlanView): string {
  return each
    .map(
      ({ panel, allocation, completes: done }) => `${panel} ${done}${allocation === null ? '' : ` of ${allocation}`}`,
    )
    .join(' · ')
}
