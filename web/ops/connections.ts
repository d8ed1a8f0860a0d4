import { formTokenField } from '../document.js'
import { type Html, html } from '../html.js'
import { ago, utc } from '../time.js'
import type { ConnectionView, OpsView } from './ops-view.js'

/** What a state is to whoever looks: fine, to watch, or to act on. */
const TONES = { healthy: 'good', starting: 'warn', degraded: 'warn', paused: 'warn', blocked: 'bad' } as const

/** What is said where no provider has answered. */
const NO_ANSWER = { polled: 'none yet', asked: 'nobody was asked about yet', own: 'nobody to ask' } as const

/** The provider accounts with what can be done about each. */
export function connectionsTable({ connections, now, formToken }: OpsView): Html {
  if (connections.length === 0)
    return html`<p class="soft">No connections in the configuration: add one under <code>connections</code>.</p>`
  return html`
<table>
<thead><tr><th>connection</th><th>state</th><th>last good answer</th><th class="number">failed in a row</th>
<th class="number">surveys open</th><th class="number">in quarantine</th><th>actions</th></tr></thead>
<tbody>${connections.map((connection) => row(connection, now, formToken))}</tbody>
</table>`
}

function row(connection: ConnectionView, now: Date, formToken: string): Html {
  const { id, provider, supply, state, reason, lastSuccessAt, failStreak, surveysOpen, quarantined, workflowUrl } =
    connection
  return html`
<tr id="connection-${id}">
<td data-label="connection"><div>${workflowUrl === null ? html`<strong>${id}</strong>` : html`<a href="${workflowUrl}"><strong>${id}</strong></a>`}
<span class="soft">${provider}</span></div></td>
<td data-label="state"><div><span class="tag ${TONES[state]}">${state}</span>${reason === null ? null : html` ${reason}`}</div></td>
<td data-label="last good answer"><div>${lastSuccessAt === null ? NO_ANSWER[supply] : html`<time datetime="${lastSuccessAt.toISOString()}" title="${utc(lastSuccessAt)} UTC">${ago(lastSuccessAt, now)}</time>`}</div></td>
<td data-label="failed in a row" class="number"><div>${failStreak}</div></td>
<td data-label="surveys open" class="number"><div>${surveysOpen}</div></td>
<td data-label="in quarantine" class="number"><div>${quarantined === 0 ? '0' : html`<a href="/ops?connection=${encodeURIComponent(id)}#quarantine">${quarantined}</a>`}</div></td>
<td>${actions(connection, formToken)}</td>
</tr>`
}

function actions({ id, state, supply }: ConnectionView, formToken: string): Html {
  const action = (name: string) => `/ops/connections/${encodeURIComponent(id)}/${name}`
  const [verb, when] = supply === 'polled' ? ['Poll', 'now'] : ['Ask', 'again']
  const poll =
    supply === 'own'
      ? null
      : html`<form method="post" action="${action('poll')}">${formTokenField(formToken)}<button class="quiet" aria-label="${verb} ${id} ${when}">${verb} ${when}</button></form>`
  if (state === 'paused')
    return html`<div class="row"><form method="post" action="${action('resume')}">${formTokenField(formToken)}<button aria-label="Resume ${id}">Resume</button></form>${poll}</div>`
  return html`<div class="row">${poll}<details><summary>Pause…</summary><form method="post" action="${action('pause')}">${formTokenField(formToken)}
<input name="reason" required maxlength="200" placeholder="reason, for the others" aria-label="Why ${id} is paused"><button class="quiet">Pause</button></form></details></div>`
}
