import { type Html, html } from './html.js'

/** Links through a list that the server pages by cursor. */
export interface Pager {
  /** The listed items, for a screen reader: "survey plans". */
  readonly label: string
  /** Address of the first page; null on it. */
  readonly first?: string | null
  /** Address of the next page; null on the last. */
  readonly next: string | null
  /** The words of the two links, to replace "First page" and "Next page". */
  readonly words?: { readonly first?: string; readonly next?: string }
}

/**
 * Links to the first and to the next page; null if there is only one. A cursor cannot go back except to the first page.
 */
export function pager({ label, first = null, next, words = {} }: Pager): Html | null {
  if (first === null && next === null) return null
  return html`<nav class="pager" aria-label="Pages of ${label}">${
    first !== null && html`<a rel="first" href="${first}">${words.first ?? 'First page'}</a>`
  }${next !== null && html`<a rel="next" href="${next}">${words.next ?? 'Next page'}</a>`}</nav>`
}
