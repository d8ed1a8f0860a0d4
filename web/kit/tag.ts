import { type Html, html } from './html.js'

/** Good: nothing to do. Warn: to watch. Bad: to act on. Soft: over, or of no weight. */
export type Tone = 'good' | 'warn' | 'bad' | 'soft'

/** A state in a word; its colour only repeats what the word says. */
export const tag = (word: string, tone?: Tone): Html =>
  html`<span class="${tone === undefined ? 'tag' : `tag ${tone}`}">${word}</span>`
