import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { html } from '../../web/kit/html.js'
import { exchangeBlock, problemBlock } from '../pages/exchange.js'
import type { Page } from '../pages/layout.js'
import type { Exchange } from '../tributary.js'
import type { Match, Problem } from './answers.js'
import { DEMO_PANELISTS, type DemoPanelist } from './panelists.js'
import { crumbs, offerCard } from './parts.js'

/** The first page: choose a panelist. */
export function startPage(panelId: string, apiUrl: string): Page {
  const cards = DEMO_PANELISTS.map(
    (panelist) => html`<a class="card plain" href="/demo/panelists/${panelist.id}">
<h3>${panelist.name}</h3><p class="soft">${panelist.countryName} · ${panelist.locale}</p>
<p>${profileTags(panelist)}</p></a>`,
  )
  return {
    title: 'Demo panel app',
    body: html`
<p class="soft">The demo app of panel <code>${panelId}</code>, talking to Tributary at <code>${apiUrl}</code></p>
<h1>Whose surveys do you want to see?</h1>
<p>Choose a panelist, take a survey, say how it ends, and see what a panel learns of it: a signed redirect, a signed
postback, and the session's workflow.</p>
<div class="grid">${cards}</div>
<h2>The other side</h2>
<p>Some of these surveys are first-party plans that <a href="/demo/buyer">a buyer</a> launched here: look at their progress, change them, launch another.</p>
<h2>Behind it</h2>
<p>Each page is one or two calls of the panel API, shown at its foot. <a href="/demo/sessions">All sessions of this panel</a> ·
<a href="/_sandbox/journal">the sandbox's journal</a> · <a href="/_sandbox/faults">its fault switches</a></p>`,
  }
}

/** A panelist's offers, and why they match. */
export function offersPage(panelist: DemoPanelist, match: z.infer<typeof Match>, exchange: Exchange): Page {
  const connections = match.connections.map(
    ({ id, status, age_seconds }) =>
      html`<span class="tag ${status === 'ok' ? 'good' : 'bad'}">${id}: ${status}${
        typeof age_seconds === 'number' && `, ${Math.round(age_seconds)} s old`
      }</span>`,
  )
  const none = html`<p class="card">Nothing fits ${panelist.name} just now. The inventory changes every few seconds; right after
a start it takes one poll to arrive.</p>`
  return {
    title: `Surveys for ${panelist.name}`,
    body: html`${crumbs()}
<h1>Surveys for ${panelist.name}</h1>
<p>${profileTags(panelist)}</p><p>${connections}</p>
${match.offers.length === 0 && none}
<div class="grid">${match.offers.map((offer) => offerCard(offer, panelist.id, randomUUID()))}</div>
<h2>Behind this page</h2>${exchangeBlock(exchange)}`,
  }
}

/** The offer is gone, or there is a session already: shows alternatives. */
export function gonePage(panelist: DemoPanelist, problem: z.infer<typeof Problem>, exchange: Exchange): Page {
  const { alternatives, entry_url } = problem
  return {
    title: 'Not this one',
    body: html`${crumbs()}
<h1>${entry_url ? 'This survey is under way already' : 'This survey is gone'}</h1>
${entry_url && html`<p><a class="button" href="${entry_url}">Go on with it</a></p>`}
${alternatives.length > 0 && html`<h2>Instead</h2><div class="grid">${alternatives.map((offer) => offerCard(offer, panelist.id, randomUUID()))}</div>`}
<p><a href="/demo/panelists/${panelist.id}">All surveys for ${panelist.name}</a></p>
${problemBlock(exchange)}`,
  }
}

function profileTags({ country, profile }: DemoPanelist) {
  const facts = Object.entries({ country, ...profile })
  return facts.map(([name, value]) => html`<span class="tag">${name}: ${value}</span>`)
}
