import { formTokenField } from '../document.js'
import { type Html, html } from '../html.js'
import { ago, utc } from '../time.js'
import type { OpsView, QuarantineView } from './ops-view.js'

/** Records which could not be read, with their first bytes and the button that has one read again. */
export function quarantineTable({ quarantine, olderQuarantine, now, formToken }: OpsView): Html {
  if (quarantine.length === 0) return html`<p class="soft">Nothing waits: every record could be read.</p>`
  return html`
<table>
<thead><tr><th>connection</th><th>survey</th><th>reason and record</th><th>seen</th><th>action</th></tr></thead>
<tbody>${quarantine.map((record) => row(record, now, formToken))}</tbody>
</table>
${olderQuarantine === null ? null : html`<p><a href="${olderQuarantine}">Older records</a></p>`}`
}

function row(record: QuarantineView, now: Date, formToken: string): Html {
  const { id, connection, providerSurveyId, reason, rawHead, rawRest, firstSeenAt, lastSeenAt, count } = record
  return html`
<tr>
<td data-label="connection"><div>${connection}</div></td>
<td data-label="survey"><div>${providerSurveyId ?? 'not readable'}</div></td>
<td data-label="reason and record"><div>${reason}<details><summary>record</summary><pre>${rawHead}</pre>${rawRest === 0 ? null : html`<span class="soft">and ${rawRest} more; whole in <code>GET /v1/ops/quarantine</code></span>`}</details></div></td>
<td data-label="seen"><div><time datetime="${firstSeenAt.toISOString()}" title="first ${utc(firstSeenAt)} UTC, last ${utc(lastSeenAt)} UTC">${ago(lastSeenAt, now)}</time>${count > 1 ? ` · ${count} times` : null}</div></td>
<td><form method="post" action="/ops/quarantine/${id}/redrive">${formTokenField(formToken)}<button class="quiet">Read again</button></form></td>
</tr>`
}
