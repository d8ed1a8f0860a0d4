import { htmlDocument } from '../../web/kit/document.js'
import { type Html, html } from '../../web/kit/html.js'
import { inline, prose } from '../../web/kit/prose.js'
import { DOCS_SCRIPT, DOCS_STYLE } from '../../web/kit/stylesheets.js'
import type { PageDocument, PageOperation, PageParameter, Schema } from './docs-document.js'
import { exampleOf } from './docs-example.js'
import { fieldList, typeLine } from './docs-schema.js'

interface Entry {
  readonly method: string
  readonly path: string
  readonly operation: PageOperation
}

/** The API's reference as one page without inline or foreign content: it is readable offline and without scripts. */
export function docsPage(document: PageDocument): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  )
  const groups = document.tags.map((tag) => ({
    ...tag,
    entries: entries.filter((entry) => entry.operation.tags.includes(tag.name)),
  }))
  return htmlDocument({
    title: `${document.info.title} API`,
    style: { linked: DOCS_STYLE },
    script: DOCS_SCRIPT,
    icon: 'none',
    body: html`<a class="skip" href="#content">To the content</a>
<nav aria-label="Addresses">
<a class="brand" href="#top">${document.info.title}</a>
<label class="filter" hidden><span>Filter</span><input type="search" id="filter" placeholder="match, ledger, 409 …" autocomplete="off" spellcheck="false"><kbd>/</kbd></label>
${groups.map(
  (group) =>
    html`<section data-group="${group.name}"><h2>${group.name}</h2><ul>${group.entries.map(
      (entry) =>
        html`<li data-for="${entry.operation.operationId}"><a href="#${entry.operation.operationId}"><span class="method ${entry.method}">${entry.method}</span> ${shortPath(entry.path)}</a></li>`,
    )}</ul></section>`,
)}
<p class="raw"><a href="/openapi.json">openapi.json</a></p>
</nav>
<main id="content">
<header id="top"><h1>${document.info.title} API</h1>${prose(document.info.description ?? '')}
<p>Base address <code>${document.servers[0]?.url ?? ''}</code></p></header>
<p class="nothing" role="status" hidden>Nothing matches.</p>
${groups.map(
  (
    group,
  ) => html`<section class="group" data-group="${group.name}"><h2>${group.name}</h2><p>${inline(group.description ?? '')}</p>
${group.entries.map((entry) => article(document, entry))}</section>`,
)}
</main>`,
  })
}

function article(document: PageDocument, { method, path, operation }: Entry): Html {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const parameters = operation.parameters ?? []
  return html`<article id="${operation.operationId}" data-text="${searchText({ method, path, operation })}">
<h3><span class="method ${method}">${method}</span> <code>${path}</code><a class="anchor" href="#${operation.operationId}" aria-label="Link to this address">#</a></h3>
<p class="summary">${inline(operation.summary)}</p>
${operation.description === undefined ? html`` : prose(operation.description)}
<div class="columns"><div>
${parameterTable(document, parameters)}
${body === undefined ? html`` : bodyFields(document, body)}
<h4>Answers</h4>
<dl class="answers">${Object.entries(operation.responses).map(([status, response]) =>
    answer(document, status, response),
  )}</dl>
</div><div class="samples">
<figure><figcaption>Request</figcaption><pre tabindex="0"><code>${curl(document, method, path, operation)}</code></pre></figure>
${answerSample(document, operation)}
</div></div>
</article>
`
}

function parameterTable(document: PageDocument, parameters: readonly PageParameter[]): Html {
  if (parameters.length === 0) return html``
  return html`<h4>Parameters</h4><ul class="fields">${parameters.map(
    (parameter) =>
      html`<li><span class="name">${parameter.name}</span> <span class="type">${parameter.in} · ${typeLine(document, parameter.schema)}</span>${
        parameter.required ? html` <span class="required">required</span>` : html``
      }${parameter.description === undefined ? html`` : html`<p>${inline(parameter.description)}</p>`}</li>`,
  )}</ul>`
}

function bodyFields(document: PageDocument, body: Schema): Html {
  const fields = fieldList(document, body)
  return fields.text === '' ? html`` : html`<h4>Body</h4>${fields}`
}

function answer(document: PageDocument, status: string, response: PageOperation['responses'][string]): Html {
  const [contentType, content] = Object.entries(response.content ?? {})[0] ?? []
  const isProblem = contentType === 'application/problem+json'
  // omit the fields of plain problems, because they are always the same
  const fields =
    content === undefined || (isProblem && content.schema.$ref !== undefined)
      ? html``
      : fieldList(document, content.schema)
  return html`<dt class="${Number(status) < 400 ? 'good' : 'bad'}">${status}</dt><dd>${inline(response.description)}${
    fields.text === '' ? html`` : html`<details><summary>fields</summary>${fields}</details>`
  }</dd>`
}

function answerSample(document: PageDocument, operation: PageOperation): Html {
  const good = Object.entries(operation.responses).find(([status]) => Number(status) < 300)
  const { 'application/json': json, 'text/csv': csv } = good?.[1].content ?? {}
  const schema = json?.schema ?? csv?.schema
  if (good === undefined || schema === undefined) return html``
  const value = exampleOf(document, schema)
  const sample = csv === undefined ? JSON.stringify(value, null, 2) : String(value)
  return html`<figure><figcaption>Answer ${good[0]}</figcaption><pre tabindex="0"><code>${sample}</code></pre></figure>`
}

function curl(document: PageDocument, method: string, path: string, operation: PageOperation): string {
  const parameters = operation.parameters ?? []
  const value = (parameter: PageParameter): string => encodeURIComponent(String(exampleOf(document, parameter.schema)))
  const address = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((filled, parameter) => {
      const given = exampleOf(document, parameter.schema)
      return filled.replace(`{${parameter.name}}`, given === 'text' ? parameter.name.toUpperCase() : value(parameter))
    }, path)
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map((parameter) => `${parameter.name}=${value(parameter)}`)
  const url = `${document.servers[0]?.url ?? ''}${address}${query.length === 0 ? '' : `?${query.join('&')}`}`
  const lines = [`curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}'${url}'`]
  if (operation.security.length > 0) lines.push(`-H 'x-api-key: YOUR_KEY'`)
  const body = operation.requestBody?.content['application/json']
  if (body !== undefined) {
    lines.push(`-H 'content-type: application/json'`)
    lines.push(`-d '${JSON.stringify(exampleOf(document, body.schema), null, 2)}'`)
  }
  return lines.join(' \\\n  ')
}

/** The text that the filter searches. */
function searchText({ method, path, operation }: Entry): string {
  const words = [method, path, operation.summary, operation.description ?? '', ...operation.tags]
  const answers = Object.entries(operation.responses).flatMap(([status, response]) => [status, response.description])
  const names = (operation.parameters ?? []).map((parameter) => parameter.name)
  return [...words, ...names, ...answers].join(' ').toLowerCase()
}

const shortPath = (path: string): string => path.replace(/^\/v1/, '')
