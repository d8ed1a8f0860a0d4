import { type Html, html, type Part } from './html.js'

export type Fact = readonly [name: string, value: Part]

/** Facts with their names; leaves out one whose value is empty. */
export const definitionList = (facts: readonly Fact[]): Html =>
  html`<dl>${facts.map(([name, value]) => isThere(value) && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`

/** The main figures of a page, each on a card. */
export const tiles = (facts: readonly Fact[]): Html =>
  html`<dl class="tiles">${facts.map(([name, value]) => html`<div class="card"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`

const isThere = (value: Part): boolean => value !== null && value !== undefined && value !== false && value !== ''
