import { type Html, html } from '../../web/kit/html.js'
import { inline } from '../../web/kit/prose.js'
import { alternatives, type PageDocument, refName, resolve, type Schema } from './docs-document.js'
import { typeOf } from './docs-example.js'

const DEEPEST = 4

/** The fields of a schema as a list; nested fields can be expanded. */
export function fieldList(document: PageDocument, schema: Schema, depth = 0): Html {
  const whole = resolve(document, schema)
  const choices = alternatives(whole)
  if (choices.length > 0) {
    return html`${choices.map((choice) => html`<div class="choice">${title(choice)}${fieldList(document, choice, depth)}</div>`)}`
  }
  const properties = Object.entries(whole.properties ?? {})
  if (properties.length === 0) return html``
  return html`<ul class="fields">${properties.map(([name, property]) =>
    field(document, name, property, whole.required?.includes(name) ?? false, depth),
  )}</ul>`
}

function field(document: PageDocument, name: string, schema: Schema, required: boolean, depth: number): Html {
  const whole = resolve(document, schema)
  const inner = whole.items === undefined ? schema : whole.items
  const nested = depth < DEEPEST ? fieldList(document, inner, depth + 1) : html``
  const description = whole.description ?? ''
  return html`<li>
<span class="name">${name}</span> <span class="type">${typeLine(document, schema)}</span>${
    required ? html` <span class="required">required</span>` : html``
  }
${description === '' ? html`` : html`<p>${inline(description)}</p>`}
${nested.text === '' ? html`` : html`<details><summary>fields</summary>${nested}</details>`}
</li>`
}

/** A short description of a field's values: `integer 1–200, default 20`. */
export function typeLine(document: PageDocument, schema: Schema): string {
  const whole = resolve(document, schema)
  const facts = [typeName(document, schema)]
  const range = rangeOf(whole.minimum, whole.maximum)
  if (range !== '') facts.push(range)
  const length = rangeOf(whole.minLength, whole.maxLength)
  if (length !== '') facts.push(`${length} characters`)
  if (whole.maxItems !== undefined) facts.push(`at most ${whole.maxItems}`)
  if (whole.default !== undefined) facts.push(`default ${JSON.stringify(whole.default)}`)
  return facts.join(', ')
}

function typeName(document: PageDocument, schema: Schema): string {
  const whole = resolve(document, schema)
  if (whole.enum !== undefined) return whole.enum.map(String).join(' | ')
  const choices = alternatives(whole)
  if (choices.length > 0) return [...new Set(choices.map((choice) => typeName(document, choice)))].join(' or ')
  const nullable = Array.isArray(whole.type) && whole.type.includes('null') ? ' or null' : ''
  if (typeOf(whole) === 'array')
    return `list of ${whole.items === undefined ? 'anything' : typeName(document, whole.items)}${nullable}`
  return `${refName(schema) ?? whole.format ?? typeOf(whole) ?? 'anything'}${nullable}`
}

function rangeOf(least: number | undefined, most: number | undefined): string {
  // omit the range of safe integers, because it applies to every integer
  const low = least === undefined || least <= Number.MIN_SAFE_INTEGER ? undefined : least
  const high = most === undefined || most >= Number.MAX_SAFE_INTEGER ? undefined : most
  if (low === undefined && high === undefined) return ''
  return high === undefined ? `at least ${low}` : `${low ?? 0}–${high}`
}

const title = (schema: Schema): Html => {
  const name = refName(schema)
  return name === null ? html`` : html`<h5>${name}</h5>`
}
