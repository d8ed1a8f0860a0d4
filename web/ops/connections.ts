import { button, postButton, postForm } from '../kit/form.js'
import { type Html, html } from '../kit/html.js'
import { pageLink } from '../kit/page-link.js'
import { table } from '../kit/table.js'
import { tag } from '../kit/tag.js'
import { timeAgo } from '../kit/time.js'
import type { ConnectionView, OpsView } from './ops-view.js'

/** The tone of a state for an operator: fine, to watch, or to act on. */
const TONES = { healthy: 'good', starting: 'warn', degraded: 'warn', paused: 'warn', blocked: 'bad' } as const

/** Shown if no provider has answered. */
const NO_ANSWER = { polled: 'none yet', asked: 'no panelist yet', own: 'no provider' } as const

/** The provider accounts with their actions. */
export function connectionsTable({ connections, now, formToken }: OpsView): Html {
  return table({
    label: 'Connections',
    rows: connections,
    rowId: ({ id }) => `connection-${id}`,
    empty: html`No connections in the configuration: add one under <code>connections</code>.`,
    columns: [
      { heading: 'connection', names: true, cell: name },
      {
        heading: 'state',
        cell: ({ state, reason }) => html`${tag(state, TONES[state])}${reason !== null && html` ${reason}`}`,
      },
      {
        heading: 'last good answer',
        cell: ({ lastSuccessAt, supply }) => (lastSuccessAt === null ? NO_ANSWER[supply] : timeAgo(lastSuccessAt, now)),
      },
      { heading: 'failed in a row', numeric: true, cell: ({ failStreak }) => failStreak },
      { heading: 'surveys open', numeric: true, cell: ({ surveysOpen }) => surveysOpen },
      { heading: 'in quarantine', numeric: true, cell: quarantined },
      { heading: 'actions', actions: true, cell: (connection) => actions(connection, formToken) },
    ],
  })
}

function name({ id, provider, workflowUrl }: ConnectionView): Html {
  const words = html`<strong>${id}</strong>`
  return html`${workflowUrl === null ? words : html`<a href="${workflowUrl}">${words}</a>`} <span class="soft">${provider}</span>`
}

const quarantined = ({ id, quarantined: count }: ConnectionView): Html | number =>
  count === 0 ? 0 : html`<a href="${pageLink('/ops', { connection: id }, 'quarantine')}">${count}</a>`

function actions({ id, state, supply }: ConnectionView, formToken: string): Html {
  const action = (verb: string) => `/ops/connections/${encodeURIComponent(id)}/${verb}`
  const [verb, when] = supply === 'polled' ? ['Poll', 'now'] : ['Ask', 'again']
  const poll =
    supply !== 'own' && postButton(action('poll'), formToken, `${verb} ${when}`, { label: `${verb} ${id} ${when}` })
  if (state === 'paused')
    return html`<div class="row">${postButton(action('resume'), formToken, 'Resume', { label: `Resume ${id}`, quiet: false })}${poll}</div>`
  return html`<div class="row">${poll}<details><summary>Pause…</summary>${postForm(
    action('pause'),
    formToken,
    html`
<input name="reason" required maxlength="200" placeholder="reason, for the others" aria-label="Why ${id} is paused">${button('Pause', { quiet: true })}`,
  )}</details></div>`
}
