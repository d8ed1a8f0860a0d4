import { formTokenField } from '../document.js'
import { type Html, html } from '../html.js'
import { ago, utc } from '../time.js'
import type { DeadPostbackView, OpsView } from './ops-view.js'

/** Messages that no panel took within their 28 hours. */
export function deadPostbacksTable({ deadPostbacks, now, formToken }: OpsView): Html {
  if (deadPostbacks.length === 0) return html`<p class="soft">None: every message was delivered, or still is tried.</p>`
  return html`
<table>
<thead><tr><th>panel</th><th>message</th><th>session</th><th>last attempt</th><th>written</th><th>action</th></tr></thead>
<tbody>${deadPostbacks.map((message) => row(message, now, formToken))}</tbody>
</table>`
}

function row(message: DeadPostbackView, now: Date, formToken: string): Html {
  const { id, panel, sessionId, type, createdAt, attempts, lastFailure, workflowUrl } = message
  return html`
<tr>
<td data-label="panel"><div>${panel}</div></td>
<td data-label="message"><div>${type} <code>${id}</code></div></td>
<td data-label="session"><div>${workflowUrl === null ? html`<code>${sessionId}</code>` : html`<a href="${workflowUrl}"><code>${sessionId}</code></a>`}</div></td>
<td data-label="last attempt"><div>${lastFailure ?? 'none'}${attempts > 1 ? html` <span class="soft">(${attempts} attempts)</span>` : null}</div></td>
<td data-label="written"><div><time datetime="${createdAt.toISOString()}" title="${utc(createdAt)} UTC">${ago(createdAt, now)}</time></div></td>
<td><form method="post" action="/ops/postbacks/${id}/redeliver">${formTokenField(formToken)}<button class="quiet">Send again</button></form></td>
</tr>`
}
