import { type Html, html } from '../html.js'
import { ago, utc } from '../time.js'
import type { OpsView } from './ops-view.js'

/** What arrived and was believed, and yet is for somebody to look at: unknown outcome words, and news without a session. */
export function arrivalsSection({ unknownWords, unplaced, now }: OpsView): Html {
  const seen = (at: Date) =>
    html`<td data-label="last seen"><div><time datetime="${at.toISOString()}" title="${utc(at)} UTC">${ago(at, now)}</time></div></td>`
  const words =
    unknownWords.length === 0
      ? html`<p class="soft">Every outcome word that came was known.</p>`
      : html`
<p class="soft">These ended as ERROR and need review: give each word an outcome under <code>outcomes</code> of its arrival.</p>
<table>
<thead><tr><th>connection</th><th>arrival</th><th>word</th><th class="number">arrivals</th><th>last seen</th></tr></thead>
<tbody>${unknownWords.map(
          (one) => html`
<tr><td data-label="connection"><div>${one.connection}</div></td><td data-label="arrival"><div>${one.route}</div></td>
<td data-label="word"><div><code>${one.word}</code></div></td><td data-label="arrivals" class="number"><div>${one.arrivals}</div></td>${seen(one.lastSeenAt)}</tr>`,
        )}</tbody>
</table>`
  if (unplaced.length === 0) return words
  return html`${words}
<p class="soft">News about members of ours that fits none of their sessions:</p>
<table>
<thead><tr><th>connection</th><th>survey</th><th class="number">arrivals</th><th>last seen</th></tr></thead>
<tbody>${unplaced.map(
    (one) => html`
<tr><td data-label="connection"><div>${one.connection}</div></td><td data-label="survey"><div>${one.providerSurveyId}</div></td>
<td data-label="arrivals" class="number"><div>${one.arrivals}</div></td>${seen(one.lastSeenAt)}</tr>`,
  )}</tbody>
</table>`
}
