import { filterForm } from '../kit/filters.js'
import { postButton } from '../kit/form.js'
import { type Html, html } from '../kit/html.js'
import { pageLink } from '../kit/page-link.js'
import { pager } from '../kit/pager.js'
import { table } from '../kit/table.js'
import { timeAgo, utc } from '../kit/time.js'
import type { OpsView, QuarantineView } from './ops-view.js'

/** Unreadable records of one connection or all, with their first bytes and a button to read one again. */
export function quarantineTable({
  quarantine,
  quarantineOf,
  newerQuarantine,
  olderQuarantine,
  ...view
}: OpsView): Html {
  const { connections, now, formToken } = view
  return html`${(quarantine.length > 0 || quarantineOf !== null) && filter(quarantineOf, connections)}
${table({
  label: 'Records in quarantine',
  rows: quarantine,
  empty: quarantineOf === null ? 'None: every record is readable.' : `None of ${quarantineOf}.`,
  columns: [
    { heading: 'connection', cell: ({ connection }) => connection },
    { heading: 'survey', names: true, cell: ({ providerSurveyId }) => providerSurveyId ?? 'not readable' },
    { heading: 'reason and record', cell: record },
    { heading: 'seen', cell: (one) => seen(one, now) },
    {
      heading: 'action',
      actions: true,
      cell: ({ id }) => postButton(`/ops/quarantine/${encodeURIComponent(id)}/redrive`, formToken, 'Read again'),
    },
  ],
})}
${pager({
  label: 'the quarantine',
  first: newerQuarantine ? pageLink('/ops', { connection: quarantineOf }, 'quarantine') : null,
  next: olderQuarantine,
  words: { first: 'Newest records', next: 'Older records' },
})}`
}

function filter(quarantineOf: string | null, connections: OpsView['connections']): Html {
  // a connection that is no longer configured may still have records
  const ids = new Set([...connections.map(({ id }) => id), ...(quarantineOf === null ? [] : [quarantineOf])])
  const options = [...ids].map((id) => [id, id] as const)
  return filterForm({
    action: '/ops#quarantine',
    label: 'Filter the quarantine',
    filters: [{ kind: 'choice', name: 'connection', label: 'Connection', value: quarantineOf, any: 'all', options }],
  })
}

const record = ({ reason, rawHead, rawRest }: QuarantineView): Html =>
  html`${reason}<details><summary>record</summary><pre>${rawHead}</pre>${
    rawRest !== 0 && html`<span class="soft">and ${rawRest} more; whole in <code>GET /v1/ops/quarantine</code></span>`
  }</details>`

const seen = ({ firstSeenAt, lastSeenAt, count }: QuarantineView, now: Date): Html =>
  html`${timeAgo(lastSeenAt, now, `first ${utc(firstSeenAt)} UTC, last ${utc(lastSeenAt)} UTC`)}${count > 1 && ` · ${count} times`}`
