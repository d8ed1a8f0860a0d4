import { type Html, html } from '../kit/html.js'
import { table } from '../kit/table.js'
import { timeAgo } from '../kit/time.js'
import type { OpsView } from './ops-view.js'

/** Verified arrivals that an operator must look at: unknown outcome words, and notifications without a session. */
export function arrivalsSection(view: OpsView): Html {
  const { unknownWords, unplaced } = view
  const words =
    unknownWords.length === 0
      ? html`<p class="soft">Every received outcome word is known.</p>`
      : html`
<p class="soft">These ended as ERROR and need review: give each word an outcome under <code>outcomes</code> of its arrival.</p>
${wordsTable(view)}`
  if (unplaced.length === 0) return words
  return html`${words}
<p class="soft">News about members of ours that fits none of their sessions:</p>
${unplacedTable(view)}`
}

const wordsTable = ({ unknownWords, now }: OpsView): Html =>
  table({
    label: 'Unknown outcome words',
    rows: unknownWords,
    columns: [
      { heading: 'connection', names: true, cell: ({ connection }) => connection },
      { heading: 'arrival', cell: ({ route }) => route },
      { heading: 'word', cell: ({ word }) => html`<code>${word}</code>` },
      { heading: 'arrivals', numeric: true, cell: ({ arrivals }) => arrivals },
      { heading: 'last seen', cell: ({ lastSeenAt }) => timeAgo(lastSeenAt, now) },
    ],
  })

const unplacedTable = ({ unplaced, now }: OpsView): Html =>
  table({
    label: 'News without a session',
    rows: unplaced,
    columns: [
      { heading: 'connection', names: true, cell: ({ connection }) => connection },
      { heading: 'survey', cell: ({ providerSurveyId }) => providerSurveyId },
      { heading: 'arrivals', numeric: true, cell: ({ arrivals }) => arrivals },
      { heading: 'last seen', cell: ({ lastSeenAt }) => timeAgo(lastSeenAt, now) },
    ],
  })
