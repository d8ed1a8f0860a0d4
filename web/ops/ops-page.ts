import { type Html, html } from '../kit/html.js'
import { alert, notice } from '../kit/notice.js'
import { table } from '../kit/table.js'
import { timeExact } from '../kit/time.js'
import { arrivalsSection } from './arrivals.js'
import { connectionsTable } from './connections.js'
import { deadPostbacksTable } from './dead-postbacks.js'
import type { OpsView, SavedView } from './ops-view.js'
import { partsTable } from './parts.js'
import { plansSection } from './plans.js'
import { quarantineTable } from './quarantine.js'

/** The operations page: what is stuck, why, and the button to resume it. */
export function opsPage(view: OpsView): Html {
  return html`
${view.alert === null ? null : alert(view.alert)}
${view.notice === null ? null : notice(view.notice)}
<p class="soft">As of ${timeExact(view.now)} · <a href="/ops">look again</a></p>
<h2 id="parts">Parts</h2>
${partsTable(view.parts)}
<h2 id="connections">Connections</h2>
${connectionsTable(view)}
${plansSection(view)}
<h2 id="views">Views in the Temporal UI</h2>
<p class="soft">A click opens the search there and keeps it under its name among the saved views of this browser.</p>
${savedViews(view.savedViews)}
<h2 id="quarantine">Quarantine</h2>
${quarantineTable(view)}
<h2 id="arrivals">Arrivals to look at</h2>
${arrivalsSection(view)}
<h2 id="messages">Messages that no panel took</h2>
${deadPostbacksTable(view)}`
}

function savedViews(views: readonly SavedView[]): Html {
  const known = views.filter(({ url }) => url !== null)
  if (known.length > 0)
    return html`<ul class="views">${known.map(({ name, query, url }) => html`<li><a href="${url}" title="${query}">${name}</a></li>`)}</ul>`
  return html`
<p>The address of the Temporal UI is not known here: set <code>TRIBUTARY_TEMPORAL_UI</code>, or paste these as queries.</p>
${table({
  label: 'Views in the Temporal UI',
  rows: views,
  columns: [
    { heading: 'view', names: true, cell: ({ name }) => name },
    { heading: 'query', cell: ({ query }) => html`<code>${query}</code>` },
  ],
})}`
}
