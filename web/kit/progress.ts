import { type Html, html } from './html.js'

/**
 * A bar from 0 to a target; more than the target is a full bar.
 * @param label what is counted, for a screen reader
 */
export function progressBar(label: string, count: number, target: number): Html {
  const whole = Math.max(1, target)
  return html`<progress max="${whole}" value="${Math.min(Math.max(0, count), whole)}" aria-label="${label}"></progress>`
}

/** The bar with its figures. */
export const meter = (label: string, count: number, target: number): Html =>
  html`<span class="meter">${progressBar(label, count, target)}
<span class="figures">${count} / ${target}</span></span>`
