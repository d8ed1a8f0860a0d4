import { definitionList, type Fact } from '../../web/kit/definition-list.js'
import { type Html, html } from '../../web/kit/html.js'
import { table } from '../../web/kit/table.js'
import { exchangeBlock, pretty } from '../pages/exchange.js'
import type { Page } from '../pages/layout.js'
import type { Exchange } from '../tributary.js'
import type { SessionView } from './answers.js'
import type { ReceivedHook } from './hooks.js'
import { crumbs, moneyText, rewardText } from './parts.js'
import type { CheckedToken, TokenChecker } from './token.js'

export interface Return {
  checked: CheckedToken
  tokens: Pick<TokenChecker, 'issuer' | 'audience'>
  hooks: ReceivedHook[]
  session: SessionView | undefined
  workflowUrl: string | undefined
  /** Whether the page reloads to look for the postback. */
  waiting: boolean
}

/** Back from a survey: whether the token is valid, and the postbacks. */
export function donePage({ checked, tokens, hooks, session, workflowUrl, waiting }: Return): Page {
  const { claims, problem } = checked
  const token = html`<h2>The signed redirect</h2><div class="card">
${
  problem === undefined
    ? html`<p class="good"><strong>Verified.</strong> Signed with a key of Tributary's JWKS, issued by <code>${tokens.issuer}</code>, for
<code>${tokens.audience}</code>, not expired.</p>`
    : html`<p class="bad"><strong>Not valid:</strong> ${problem}.</p>`
}
<details open><summary>Claims</summary><pre>${pretty(claims)}</pre></details>
<details><summary>Header</summary><pre>${pretty(checked.header)}</pre></details></div>`
  if (problem !== undefined)
    return { title: 'Not verified', body: html`${crumbs()}<h1>This return cannot be trusted</h1>${token}` }

  const outcome = String(claims.outcome)
  return {
    title: `Back: ${outcome}`,
    body: html`${crumbs()}
<h1>${outcome === 'COMPLETED' ? 'Thank you!' : 'Back from the survey'} <span class="${outcome === 'COMPLETED' ? 'good' : 'soft'}">${outcome}</span></h1>
${session?.reward && html`<p>${outcome === 'COMPLETED' ? 'You earn' : 'It was worth'} <strong>${rewardText(session.reward)}</strong>.</p>`}
${session?.panelist_id && html`<p><a class="button" href="/demo/panelists/${encodeURIComponent(session.panelist_id)}">More surveys</a></p>`}
${token}${session ? sessionBlock(session, hooks, workflowUrl, waiting) : hookBlocks(hooks, waiting)}`,
  }
}

/** A session's state, its events, its postbacks, and a link to its workflow. */
export function sessionBlock(session: SessionView, hooks: ReceivedHook[], workflowUrl?: string, waiting = false): Html {
  const facts: Fact[] = [
    ['State', session.state],
    ['Outcome', session.outcome],
    ['Evidence', session.grade && `${session.grade}${session.provisional ? ', provisional' : ''}`],
    ['Payable', typeof session.payable === 'boolean' && (session.payable ? 'yes' : 'no')],
    ['Price', session.price && moneyText(session.price)],
    ['Reward', session.reward && rewardText(session.reward)],
    ['Survey', session.provider_survey_id && html`${session.connection} · <code>${session.provider_survey_id}</code>`],
    ['Provider’s session', session.provider_session_id && html`<code>${session.provider_session_id}</code>`],
    ['Session', html`<code>${session.session_id}</code>`],
    ['Workflow', session.workflow_id && html`<code>${session.workflow_id}</code>`],
  ]
  return html`${hookBlocks(hooks, waiting)}
<h2>The session</h2><div class="card">${definitionList(facts)}
${workflowUrl && html`<p><a class="button" href="${workflowUrl}">Its workflow in the Temporal UI</a></p>`}</div>
${session.events.length > 0 && html`<h2>Its story</h2>${story(session.events)}`}`
}

const story = (events: SessionView['events']): Html =>
  table({
    label: 'Its story',
    rows: events,
    columns: [
      { heading: 'At', cell: ({ at }) => html`<code>${at}</code>` },
      { heading: 'What', cell: ({ type }) => type },
    ],
  })

function hookBlocks(hooks: ReceivedHook[], waiting: boolean): Html {
  const cards = hooks.map(
    (
      hook,
    ) => html`<div class="card"><p class="good"><strong>Verified</strong> with the panel's secret: <code>${hook.type}</code>
as <code>${hook.webhookId}</code>, ${hook.receivedAt.join(' and ')}</p>
<details><summary>Body</summary><pre>${pretty(hook.body)}</pre></details></div>`,
  )
  const none = waiting ? 'Not here yet; this page looks again every 2 seconds.' : 'None came.'
  return html`<h2>The postback</h2>${cards.length > 0 ? cards : html`<p class="card soft">${none}</p>`}`
}

/** The panel's newest sessions. */
export function sessionsPage(sessions: SessionView[], exchange: Exchange): Page {
  return {
    title: 'Sessions',
    body: html`${crumbs()}<h1>Sessions of this panel</h1>
${table({
  label: 'Sessions',
  rows: sessions,
  empty: 'None yet.',
  columns: [
    { heading: 'Session', names: true, cell: sessionLink },
    { heading: 'Panelist', cell: ({ panelist_id }) => panelist_id },
    { heading: 'State', cell: ({ state }) => state },
    { heading: 'Outcome', cell: ({ outcome }) => outcome },
    { heading: 'Reward', numeric: true, cell: ({ reward }) => reward && rewardText(reward) },
  ],
})}
<h2>Behind this page</h2>${exchangeBlock(exchange)}`,
  }
}

const sessionLink = ({ session_id: id }: SessionView): Html =>
  html`<a href="/demo/sessions/${encodeURIComponent(id)}"><code>${id}</code></a>`
