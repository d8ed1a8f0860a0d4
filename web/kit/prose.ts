import { type Html, html } from './html.js'

/** Prose with `code` in backticks, blank lines between paragraphs. */
export function prose(text: string): Html {
  return html`${text.split(/\n{2,}/).map((paragraph) => html`<p>${inline(paragraph)}</p>`)}`
}

/** One line of prose with `code` in backticks. */
export function inline(text: string): Html {
  // every second piece is between two backticks
  const pieces = text.split(/`([^`]+)`/)
  return html`${pieces.map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : piece))}`
}
