import { attributes } from './attributes.js'
import { type Html, html } from './html.js'

interface Field {
  /** The parameter of the address. */
  readonly name: string
  readonly label: string
  /** The current value; null = none. */
  readonly value: string | null
}

export type Filter = Field &
  (
    | { readonly kind: 'search'; readonly placeholder?: string }
    /** A day as YYYY-MM-DD, in UTC. */
    | { readonly kind: 'date' }
    /** One of a few; `any` are the words for no choice. */
    | {
        readonly kind: 'choice'
        readonly options: readonly (readonly [value: string, words: string])[]
        readonly any: string
      }
  )

export interface Filters {
  /** The page of the filters, with the anchor of the list: the choice becomes its query. */
  readonly action: string
  /** What is filtered, for a screen reader. */
  readonly label: string
  readonly filters: readonly Filter[]
}

/**
 * Filters of a list as a form that reloads the page: the choice is in the address, so that it can be shared, bookmarked
 * and reached by the back button. Drops the cursor: another choice begins on its first page.
 */
export function filterForm({ action, label, filters }: Filters): Html {
  const set = filters.some(({ value }) => value !== null && value !== '')
  return html`<form method="get" action="${action}" class="filters" role="search" aria-label="${label}">
${filters.map(
  (filter) => html`<label>${filter.label} ${field(filter)}</label>
`,
)}<button class="quiet">Show</button>${set && html`<a href="${action}">Show all</a>`}</form>`
}

function field(filter: Filter): Html {
  const { name, value, kind } = filter
  switch (kind) {
    case 'choice':
      return html`<select name="${name}"><option value="">${filter.any}</option>${filter.options.map(
        ([one, words]) => html`<option value="${one}"${attributes({ selected: one === value })}>${words}</option>`,
      )}</select>`
    case 'date':
      return html`<input type="date" name="${name}" value="${value}">`
    case 'search':
      return html`<input type="search" name="${name}" value="${value}"${attributes({ placeholder: filter.placeholder })}>`
  }
}
