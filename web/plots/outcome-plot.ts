import { type Html, html } from '../kit/html.js'
import { countTicks, rounded } from './axis.js'
import { legendKey } from './legend.js'

export interface OutcomePlot {
  /** Unique on the page, because aria attributes refer to titles by it. */
  id: string
  /** The outcomes in the order of their colours (`web/assets/plots.css`). */
  outcomes: readonly string[]
  /** Panel -> outcome -> sessions. */
  panels: Readonly<Record<string, Readonly<Record<string, number>>>>
}

const SIZES = [
  { name: 'wide', width: 720, left: 110, ticks: 8 },
  { name: 'narrow', width: 330, left: 78, ticks: 4 },
] as const

const RIGHT = 34
const TOP = 8
const ROW = 40
const BAR = 24
const BOTTOM = 44

/** How sessions ended, a bar per panel and a colour per outcome; the table on the page has the same figures. */
export function outcomePlot(plot: OutcomePlot): Html {
  const there = plot.outcomes.filter((outcome) =>
    Object.values(plot.panels).some((counts) => (counts[outcome] ?? 0) > 0),
  )
  return html`<figure class="plot">
<figcaption>How sessions ended, per panel</figcaption>
<p class="legend">${there.length === 0 ? 'no respondent has come back yet' : there.map((outcome) => legendKey(outcome.toLowerCase(), outcome))}</p>
${SIZES.map((size) => drawing(plot, size))}</figure>`
}

function drawing({ id, outcomes, panels }: OutcomePlot, { name, width, left, ticks }: (typeof SIZES)[number]): Html {
  const rows = Object.entries(panels).map(([panel, counts]) => {
    const total = outcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0)
    return { panel, counts, total }
  })
  const height = TOP + rows.length * ROW + BOTTOM
  const xTicks = countTicks(Math.max(1, ...rows.map(({ total }) => total)), ticks)
  const highest = xTicks.at(-1) ?? 1
  const x = (count: number) => rounded(left + (count / highest) * (width - left - RIGHT))
  const label = `${id}-${name}`
  const words = rows
    .map(({ panel, counts, total }) => `${panel}: ${total} sessions${listed(outcomes, counts)}`)
    .join('. ')

  return html`<svg class="${name}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${label}-title ${label}-words">
<title id="${label}-title">Outcomes per panel</title><desc id="${label}-words">${words}</desc>
${xTicks.map(
  (tick) => html`<line class="grid-line" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${height - BOTTOM}"/>
<text class="tick middle" x="${x(tick)}" y="${height - BOTTOM + 18}">${tick}</text>`,
)}
<text class="axis middle" x="${(left + width - RIGHT) / 2}" y="${height - 6}">sessions</text>
${rows.map(({ panel, counts, total }, index) => {
  const top = TOP + index * ROW + (ROW - BAR) / 2
  return html`<text class="tick end" x="${left - 8}" y="${top + BAR / 2 + 4}">${shortened(panel, name === 'wide' ? 14 : 10)}</text>
${segments(outcomes, counts).map(
  ({ outcome, from, to }) =>
    html`<rect class="bar-${outcome.toLowerCase()}" x="${x(from)}" y="${top}" width="${rounded(x(to) - x(from))}" height="${BAR}"><title>${panel}: ${outcome} ${to - from}</title></rect>`,
)}
<text class="tick" x="${x(total) + 6}" y="${top + BAR / 2 + 4}">${total}</text>`
})}
</svg>`
}

/** The outcomes of a panel end to end, from 0. */
function segments(
  outcomes: readonly string[],
  counts: Readonly<Record<string, number>>,
): { outcome: string; from: number; to: number }[] {
  const found: { outcome: string; from: number; to: number }[] = []
  let from = 0
  for (const outcome of outcomes) {
    const count = counts[outcome] ?? 0
    if (count > 0) found.push({ outcome, from, to: from + count })
    from += count
  }
  return found
}

function listed(outcomes: readonly string[], counts: Readonly<Record<string, number>>): string {
  const parts = outcomes
    .filter((outcome) => (counts[outcome] ?? 0) > 0)
    .map((outcome) => `${counts[outcome]} ${outcome}`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
