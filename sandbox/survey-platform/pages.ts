import { definitionList, type Fact } from '../../web/kit/definition-list.js'
import { button } from '../../web/kit/form.js'
import { type Html, html } from '../../web/kit/html.js'
import { OUTCOME_MEANINGS, OUTCOMES, type Outcome } from '../outcome-words.js'
import { exchangeBlock, problemBlock } from '../pages/exchange.js'
import type { Page } from '../pages/layout.js'
import type { Exchange } from '../tributary.js'
import type { PlatformSession } from './answers.js'

/** The survey of an integrated platform: its session, and a button for each outcome. */
export function surveyPage(survey: string, session: PlatformSession, exchange: Exchange): Page {
  const rows: Fact[] = [
    ['Survey', `${survey} (the buyer calls it ${session.survey_id})`],
    ['Platform', session.survey_platform_id],
    ['Supplier', session.supplier_id],
    ['Panelist', session.panelist_id],
    ['Profile', profileText(session.panelist_profile)],
    ['From the panel', session.custom_panel_data === undefined ? null : JSON.stringify(session.custom_panel_data)],
    ['Session', session.session_id],
  ]
  return {
    title: 'A simulated survey',
    body: html`
<p class="soft">The sandbox's survey platform: no real survey here.</p>
<h1>How does this survey end?</h1>
<div class="card">${definitionList(rows)}</div>
<form method="post">
<input type="hidden" name="session_id" value="${session.session_id}">
<div class="choices">${OUTCOMES.map((outcome) =>
      button(words(outcome), { name: 'outcome', value: outcome, quiet: outcome !== 'COMPLETED' }),
    )}</div>
</form>
<h2>Behind this page</h2>
<p class="soft">The platform read <code>t</code> from the link and asked who it is. A button posts the outcome to
<code>/panelist-outcome</code> and follows the <code>redirect_url</code>.</p>${exchangeBlock(exchange)}`,
  }
}

/**
 * The survey of a platform that is not integrated: it has only the token of its link and sends the browser on with it.
 */
export function linkedPage(
  survey: string,
  { respondent, panelist }: { respondent: string; panelist: string },
  link: (outcome: Outcome) => string,
): Page {
  return {
    title: 'A simulated survey',
    body: html`
<p class="soft">A survey platform without an integration: it only knows its own link. No real survey here.</p>
<h1>How does this survey end?</h1>
<div class="card"><dl><dt>Survey</dt><dd>${survey}</dd><dt>Respondent</dt><dd><code>${respondent}</code></dd>
${panelist && html`<dt>Panelist</dt><dd>${panelist}</dd>`}</dl></div>
<nav class="choices" aria-label="How it ends">${OUTCOMES.map(
      (outcome) =>
        html`<a class="${outcome === 'COMPLETED' ? 'button' : 'button quiet'}" href="${link(outcome)}">${words(outcome)}</a>`,
    )}</nav>
<h2>Behind this page</h2>
<p class="soft">Each is a plain link that the buyer put at the survey's ends:</p><pre>${link('COMPLETED')}</pre>`,
  }
}

/** A refusal of Tributary, shown unchanged. */
export function refusedPage(exchange: Exchange): Page {
  return {
    title: 'No survey here',
    body: html`<h1>This survey cannot be answered</h1>
<p>Tributary refused this platform the session or its outcome.</p>${problemBlock(exchange)}`,
  }
}

export function messagePage(title: string, text: string): Page {
  return { title, body: html`<h1>${title}</h1><p>${text}</p>` }
}

function words(outcome: Outcome): Html {
  return html`${outcome}<br><small>${OUTCOME_MEANINGS[outcome]}</small>`
}

function profileText(profile: Record<string, unknown> | null | undefined): string | null {
  if (!profile) return null
  return Object.entries(profile)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ')
}
