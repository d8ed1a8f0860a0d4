import type { BuyerAccount } from '../../buyer/accounts.js'
import type { PlanSummary } from '../../buyer/answers.js'
import { exchangeBlock } from '../../pages/exchange.js'
import { html } from '../../pages/html.js'
import type { Page } from '../../pages/layout.js'
import type { Exchange } from '../../tributary.js'
import { buyerPath, planPath, progressBar, statusTag } from './parts.js'

/** A buyer's plans; and that it is one buyer of several, none of whom sees another's. */
export function plansPage(
  buyer: BuyerAccount,
  buyers: readonly BuyerAccount[],
  plans: readonly PlanSummary[],
  exchange: Exchange,
): Page {
  const rows = plans.map(
    ({ id, survey_id, status, target_completes: target, completes }) => html`<tr>
<td><a href="${planPath(buyer.id, id)}">${survey_id}</a><br><small><code>${id}</code></small></td><td>${statusTag(status)}</td>
<td>${progressBar(`completes of ${survey_id}`, completes, target)}</td></tr>`,
  )
  const others = buyers.map(({ id }) =>
    id === buyer.id ? html`<strong aria-current="page">${id}</strong> ` : html`<a href="${buyerPath(id)}">${id}</a> `,
  )
  return {
    title: `Survey plans of ${buyer.id}`,
    body: html`<nav class="soft" aria-label="Where you are"><a href="/demo">Demo panel app</a> · buyers: ${others}</nav>
<div class="row"><h1>Survey plans of ${buyer.id}</h1><a class="button" href="${buyerPath(buyer.id)}/launch">Launch a plan</a></div>
<p class="soft">What this buyer has asked for through the Demand API. Another buyer sees none of it.</p>
${
  plans.length === 0
    ? html`<p class="card">No plan yet. The sandbox launches its first ones a moment after Tributary is there; or launch one yourself.</p>`
    : html`<div class="card scroll" role="region" aria-label="Plans" tabindex="0"><table><thead><tr><th scope="col">Survey</th><th scope="col">Status</th><th scope="col">Completes</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
<h2>Behind this page</h2>${exchangeBlock(exchange)}`,
  }
}
