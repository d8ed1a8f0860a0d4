import { type Attributes, attributes } from '../../../web/kit/attributes.js'
import { type Html, html } from '../../../web/kit/html.js'
import { Refusal, type TargetingPanels, type TemplateFolders } from '../../buyer/answers.js'
import { exchangeBlock } from '../../pages/exchange.js'
import type { Page } from '../../pages/layout.js'
import type { Exchange } from '../../tributary.js'
import { buyerCrumbs, buyerPath } from './parts.js'

export interface LaunchFacts {
  buyer: string
  panels: TargetingPanels
  /** The templates to start from; or why there are none, when Tributary refuses (the feature is off). */
  templates: TemplateFolders | string
  /** The values of a refused form. */
  filled?: Readonly<Record<string, string>>
  refused?: Exchange | undefined
}

/** The forms to launch a plan: with all fields, or from a template. */
export function launchPage({ buyer, panels, templates, filled = {}, refused }: LaunchFacts): Page {
  const countries = [...new Set(Object.values(panels).flatMap((markets) => Object.keys(markets)))].sort()
  const path = `${buyerPath(buyer)}/launch`
  const value = (name: string, otherwise: string) => filled[name] ?? otherwise
  const number = (name: string, label: string, otherwise: string, more: Attributes): Html =>
    html`<p><label for="${name}">${label}</label><br><input id="${name}" name="${name}" type="number" step="1" value="${value(name, otherwise)}" required${more}></p>`
  const choice = (
    name: string,
    label: string,
    choices: readonly (readonly [string, string])[],
    otherwise?: string,
  ): Html =>
    html`<p><label for="${name}">${label}</label><br><select id="${name}" name="${name}">${choices.map(
      ([key, text]) =>
        html`<option value="${key}"${attributes({ selected: value(name, otherwise ?? choices[0]?.[0] ?? '') === key })}>${text}</option>`,
    )}</select></p>`
  return {
    title: 'Launch a plan',
    body: html`${buyerCrumbs(buyer)}<h1>Launch a plan</h1>
${refused && refusalBlock(refused)}
<form method="post" action="${path}" class="card"><div class="fields">
<p><label for="survey_id">Your name of the survey</label><br><input id="survey_id" name="survey_id" maxlength="60" value="${value('survey_id', `${buyer}-survey`)}" required></p>
${choice(
  'country',
  'Country',
  countries.map((country) => [country, country] as const),
  'USA',
)}
${number('target_completes', 'Completes wanted', '20', attributes({ min: 1, max: 10000 }))}
${number('cpi', 'Price (hundredths)', '150', attributes({ min: 1, max: 100000 }))}
${number('loi', 'Minutes', '8', attributes({ min: 1, max: 120 }))}
${number('age_from', 'Age from', '18', attributes({ min: 16, max: 100 }))}
${number('age_to', 'Age to', '64', attributes({ min: 16, max: 100 }))}
${choice('quotas', 'Quotas', [
  ['none', 'none'],
  ['age', 'younger and older half'],
  ['sex', 'women and men (USA, GBR)'],
])}
${choice('platform', 'Survey platform', [
  ['DECIPHER', 'the sandbox’s, integrated'],
  ['NON_INTEGRATED_SURVEY_PLATFORM', 'the sandbox’s, by browser redirect alone'],
])}
${choice('finish', 'Ends', [
  ['', 'when it is filled'],
  ['1h', 'in an hour at the latest'],
  ['7d', 'in a week at the latest'],
])}</div>
<p class="soft"><small>It targets every panel that serves the country: ${panelsText(panels)}.</small></p>
<p><button>Launch</button></p></form>
<h2>From a template</h2>${templateForm(path, templates)}`,
  }
}

function templateForm(path: string, templates: TemplateFolders | string): Html {
  if (typeof templates === 'string') return html`<p class="card soft">${templates}</p>`
  if (templates.every((folder) => folder.templates.length === 0))
    return html`<p class="card soft">This buyer has none.</p>`
  return html`<form method="post" action="${path}/template" class="card"><div class="fields">
<p><label for="template_id">Template</label><br><select id="template_id" name="template_id">${templates.map(
    ({ folder, templates: inside }) =>
      html`<optgroup label="${folder}">${inside.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</optgroup>`,
  )}</select></p>
<p><label for="completes">Completes wanted</label><br><input id="completes" name="completes" type="number" min="1" max="10000" value="20" required></p>
<p><label for="offer_price">Price of a complete</label><br><input id="offer_price" name="offer_price" type="number" min="0.01" step="0.01" value="1.75" required></p></div>
<p class="soft"><small>The survey is created from the template as a draft, its quotas scaled to the completes; then it is launched with price,
address and panels (PureSpectrum Buy API). Its platform is the sandbox's, by browser redirect.</small></p>
<p><button>Launch from the template</button></p></form>`
}

function panelsText(panels: TargetingPanels): string {
  return Object.entries(panels)
    .map(([panel, markets]) => `${panel} (${Object.keys(markets).sort().join(', ')})`)
    .join('; ')
}

/** Every fault that Tributary named, each with its field. */
export function refusalBlock(exchange: Exchange): Html {
  const refusal = Refusal.safeParse(exchange.body).data ?? {}
  const message = refusal.message ?? refusal.ps_api_response_message ?? refusal.detail ?? refusal.title
  const faults = refusal.details ?? refusal.errors ?? []
  return html`<section class="card" role="alert"><h2 class="bad">Tributary refused${message && `: ${message}`}</h2>
${faults.length > 0 && html`<ul>${faults.map(({ field, message: text }) => html`<li><code>${field}</code> ${text}</li>`)}</ul>`}</section>
${exchangeBlock(exchange)}`
}
