import { postButton } from '../kit/form.js'
import { type Html, html } from '../kit/html.js'
import { table } from '../kit/table.js'
import { timeAgo } from '../kit/time.js'
import type { DeadPostbackView, OpsView } from './ops-view.js'

/** Messages that no panel accepted within their 28 hours. */
export function deadPostbacksTable({ deadPostbacks, now, formToken }: OpsView): Html {
  return table({
    label: 'Messages that no panel took',
    rows: deadPostbacks,
    empty: 'None: every message was delivered or is being retried.',
    columns: [
      { heading: 'panel', cell: ({ panel }) => panel },
      { heading: 'message', names: true, cell: ({ type, id }) => html`${type} <code>${id}</code>` },
      { heading: 'session', cell: session },
      {
        heading: 'last attempt',
        cell: ({ lastFailure, attempts }) =>
          html`${lastFailure ?? 'none'}${attempts > 1 && html` <span class="soft">(${attempts} attempts)</span>`}`,
      },
      { heading: 'written', cell: ({ createdAt }) => timeAgo(createdAt, now) },
      {
        heading: 'action',
        actions: true,
        cell: ({ id }) =>
          postButton(`/ops/postbacks/${encodeURIComponent(id)}/redeliver`, formToken, 'Send again', {
            label: `Send ${id} again`,
          }),
      },
    ],
  })
}

function session({ sessionId, workflowUrl }: DeadPostbackView): Html {
  const words = html`<code>${sessionId}</code>`
  return workflowUrl === null ? words : html`<a href="${workflowUrl}">${words}</a>`
}
