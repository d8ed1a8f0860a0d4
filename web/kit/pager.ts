import { type Html, html } from './html.js'

/** The way through a list that the server answers page by page, from a cursor on. */
export interface Pager {
  /** What is listed, for a screen reader: "survey plans". */
  readonly label: string
  /** Address of the first page; null on it. */
  readonly first?: string | null
  /** Address of the next page; null on the last. */
  readonly next: string | null
  /** The words of the two links, where "First page" and "Next page" say less. */
  readonly words?: { readonly first?: string; readonly next?: string }
}

/** Links to the first and to the next page; nothing where all is on this one. A cursor has no way back but the first page. */
export function pager({ label, first = null, next, words = {} }: Pager): Html | null {
  if (first === null && next === null) return null
  return html`<nav class="pager" aria-label="Pages of ${label}">${
    first !== null && html`<a rel="first" href="${first}">${words.first ?? 'First page'}</a>`
  }${next !== null && html`<a rel="next" href="${next}">${words.next ?? 'Next page'}</a>`}</nav>`
}
