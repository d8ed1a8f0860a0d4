import { html } from '../../../web/kit/html.js'
import { meter } from '../../../web/kit/progress.js'
import { table } from '../../../web/kit/table.js'
import type { BuyerAccount } from '../../buyer/accounts.js'
import type { PlanSummary } from '../../buyer/answers.js'
import { exchangeBlock } from '../../pages/exchange.js'
import type { Page } from '../../pages/layout.js'
import type { Exchange } from '../../tributary.js'
import { buyerPath, planPath, statusTag } from './parts.js'

/** A buyer's plans, with links to the other buyers, none of whom sees another's plans. */
export function plansPage(
  buyer: BuyerAccount,
  buyers: readonly BuyerAccount[],
  plans: readonly PlanSummary[],
  exchange: Exchange,
): Page {
  const others = buyers.map(({ id }) =>
    id === buyer.id ? html`<strong aria-current="page">${id}</strong> ` : html`<a href="${buyerPath(id)}">${id}</a> `,
  )
  return {
    title: `Survey plans of ${buyer.id}`,
    body: html`<nav class="soft" aria-label="Where you are"><a href="/demo">Demo panel app</a> · buyers: ${others}</nav>
<div class="row"><h1>Survey plans of ${buyer.id}</h1><a class="button" href="${buyerPath(buyer.id)}/launch">Launch a plan</a></div>
<p class="soft">The plans of this buyer, from the Demand API. Other buyers cannot see them.</p>
${table({
  label: 'Plans',
  rows: plans,
  empty: 'No plan yet. The sandbox launches its first ones a moment after Tributary is there; or launch one yourself.',
  columns: [
    {
      heading: 'Survey',
      names: true,
      cell: ({ id, survey_id }) =>
        html`<a href="${planPath(buyer.id, id)}">${survey_id}</a><br><small><code>${id}</code></small>`,
    },
    { heading: 'Status', cell: ({ status }) => statusTag(status) },
    {
      heading: 'Completes',
      cell: ({ survey_id, completes, target_completes: target }) =>
        meter(`completes of ${survey_id}`, completes, target),
    },
  ],
})}
<h2>Behind this page</h2>${exchangeBlock(exchange)}`,
  }
}
