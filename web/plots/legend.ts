import { type Html, html } from '../kit/html.js'

/** A colour of a plot and its meaning; the two stay on one line. `kind` is the colour's name in the style. */
export function legendKey(kind: string, words: string): Html {
  return html`<span class="keyed"><span class="key key-${kind}"></span>${words}</span> `
}
