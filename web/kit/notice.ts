import { type Html, html, type Part } from './html.js'

/** The result of the last click. */
export const notice = (words: Part): Html => html`<p class="notice" role="status">${words}</p>`

/** What went wrong, and what to do. */
export const alert = (words: Part): Html => html`<p class="alert" role="alert">${words}</p>`
