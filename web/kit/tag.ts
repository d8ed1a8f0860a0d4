import { type Html, html } from './html.js'

/** Good: nothing to do. Warn: watch it. Bad: act on it. Soft: over, or unimportant. */
export type Tone = 'good' | 'warn' | 'bad' | 'soft'

/** A state in a word; its colour only repeats the word. */
export const tag = (word: string, tone?: Tone): Html =>
  html`<span class="${tone === undefined ? 'tag' : `tag ${tone}`}">${word}</span>`
