import { type Html, html } from '../html.js'
import { ago, utc } from '../time.js'
import type { OpsView, PlanView } from './ops-view.js'

/** What a status is to whoever looks: at work, to watch, or over. */
const TONES = { OPEN: 'good', PAUSED: 'warn', CLOSED: 'soft' } as const
const REASONS = { buyer: 'by the buyer', filled: 'filled', finish_date: 'its finish date has passed' } as const

/** The buyers' survey plans with what they have so far; nothing where there are no buyers. */
export function plansSection({ plans, olderPlans, now }: OpsView): Html | null {
  if (plans === null) return null
  return html`
<h2 id="plans">Survey plans</h2>
${plans.length === 0 ? html`<p class="soft">No buyer has launched one.</p>` : table(plans, now)}
${olderPlans === null ? null : html`<p><a href="${olderPlans}">Older plans</a></p>`}`
}

function table(plans: readonly PlanView[], now: Date): Html {
  return html`
<table>
<thead><tr><th>plan</th><th>buyer</th><th>status</th><th>completes</th><th class="number">held now</th><th>panels</th><th>launched</th></tr></thead>
<tbody>${plans.map((plan) => row(plan, now))}</tbody>
</table>`
}

function row(plan: PlanView, now: Date): Html {
  const { planId, demandPartner, buyerSurveyId, country, status, statusReason, held, createdAt, workflowUrl } = plan
  return html`
<tr>
<td data-label="plan"><div>${workflowUrl === null ? html`<code>${planId}</code>` : html`<a href="${workflowUrl}"><code>${planId}</code></a>`}
<span class="soft">${country}</span></div></td>
<td data-label="buyer"><div>${demandPartner} <span class="soft">${buyerSurveyId}</span></div></td>
<td data-label="status"><div><span class="tag ${TONES[status]}">${status}</span>${status === 'OPEN' ? null : html` ${REASONS[statusReason]}`}</div></td>
<td data-label="completes"><div>${completes(plan)}</div></td>
<td data-label="held now" class="number"><div>${held}</div></td>
<td data-label="panels"><div>${panels(plan)}</div></td>
<td data-label="launched"><div><time datetime="${createdAt.toISOString()}" title="${utc(createdAt)} UTC">${ago(createdAt, now)}</time></div></td>
</tr>`
}

function completes({ completes: done, target, overage, planId }: PlanView): Html {
  const beyond = overage === 0 ? null : html` <span class="soft">(and ${overage} beyond)</span>`
  return html`${done} of ${target}${beyond}<progress max="${target}" value="${Math.min(done, target)}" aria-label="Completes of ${planId}"></progress>`
}

/** Each panel's own: "toplife 3 of 10" where completes are allocated to it. */
function panels({ panels: each }: PlanView): string {
  return each
    .map(
      ({ panel, allocation, completes: done }) => `${panel} ${done}${allocation === null ? '' : ` of ${allocation}`}`,
    )
    .join(' · ')
}
