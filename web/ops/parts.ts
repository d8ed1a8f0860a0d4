import { type Html, html } from '../html.js'
import type { PartView } from './ops-view.js'

/** The parts of the installation: one that is silent comes with where to look. */
export function partsTable(parts: readonly PartView[]): Html {
  return html`
<table>
<thead><tr><th>part</th><th>state</th></tr></thead>
<tbody>${parts.map(
    ({ name, ok, detail }) => html`
<tr><td data-label="part"><div><strong>${name}</strong></div></td>
<td data-label="state"><div><span class="tag ${ok ? 'good' : 'bad'}">${ok ? 'heard' : 'silent'}</span>${detail === null ? null : html` ${detail}`}</div></td></tr>`,
  )}</tbody>
</table>`
}
