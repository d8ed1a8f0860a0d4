import { type Html, html } from '../kit/html.js'
import { countTicks, rounded, timeLabel, timeTicks } from './axis.js'
import { legendKey } from './legend.js'

export interface ProgressPoint {
  at: Date
  completes: number
  /** Sessions that ended without a complete. */
  failures: number
}

export interface ProgressPlot {
  /** Unique on the page, because aria attributes refer to titles by it. */
  id: string
  /** The moments at which something changed, in order. */
  points: readonly ProgressPoint[]
  /** The end of the period without further changes. */
  until: Date
  /** The plan's target completes. */
  target: number
}

/**
 * A size for a wide window and one for a phone; the style shows the one that fits, so that the text size does not
 * change.
 */
const SIZES = [
  { name: 'wide', width: 720, height: 280, timeLabels: 8 },
  { name: 'narrow', width: 330, height: 260, timeLabels: 4 },
] as const

const LEFT = 46
const RIGHT = 30
const TOP = 26
const BOTTOM = 50

/** Completes over time against the target, and the sessions that ended without one: as steps, because counts jump. */
export function progressPlot(plot: ProgressPlot): Html {
  const last = plot.points.at(-1)
  const words = last
    ? `${last.completes} of ${plot.target} completes and ${last.failures} sessions not completed at ${plot.until.toISOString().slice(11, 19)} UTC`
    : 'no data yet'
  return html`<figure class="plot">
<figcaption>Completes over time, against the target</figcaption>
<p class="legend">${legendKey('completes', 'completes')}${legendKey('failures', 'not completed')}${legendKey('target', `target ${plot.target}`)}</p>
${SIZES.map((size) => drawing(plot, size, words))}</figure>`
}

function drawing({ id, points, until, target }: ProgressPlot, size: (typeof SIZES)[number], words: string): Html {
  const { name, width, height, timeLabels } = size
  const from = points[0]?.at.getTime() ?? until.getTime()
  // a single moment has no width: the axis covers at least half a minute
  const to = Math.max(until.getTime(), from + 30_000)
  const yTicks = countTicks(Math.max(target, ...points.flatMap(({ completes, failures }) => [completes, failures])))
  const highest = yTicks.at(-1) ?? 1
  const x = (at: number) => rounded(LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT))
  const y = (count: number) => rounded(height - BOTTOM - (count / highest) * (height - TOP - BOTTOM))
  const xTicks = timeTicks(from, to, timeLabels)
  const label = `${id}-${name}`
  const newest = points.at(-1)

  const stairs = (count: (point: ProgressPoint) => number) =>
    points
      .map(
        (point, index) =>
          `${index === 0 ? 'M' : 'H'}${x(point.at.getTime())}${index === 0 ? ' ' : 'V'}${y(count(point))}`,
      )
      .join('') + (points.length > 0 ? `H${x(until.getTime())}` : '')

  return html`<svg class="${name}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${label}-title ${label}-words">
<title id="${label}-title">Completes over time</title><desc id="${label}-words">${words}</desc>
${yTicks.map(
  (tick) => html`<line class="grid-line" x1="${LEFT}" x2="${width - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>
<text class="tick end" x="${LEFT - 8}" y="${y(tick) + 4}">${tick}</text>`,
)}
${xTicks.map(
  (
    tick,
  ) => html`<line class="grid-tick" x1="${x(tick)}" x2="${x(tick)}" y1="${height - BOTTOM}" y2="${height - BOTTOM + 5}"/>
<text class="tick middle" x="${x(tick)}" y="${height - BOTTOM + 19}">${timeLabel(tick, xTicks)}</text>`,
)}
<text class="axis" x="${LEFT}" y="14">sessions</text>
<text class="axis middle" x="${(LEFT + width - RIGHT) / 2}" y="${height - 6}">time (UTC)</text>
<line class="target-line" x1="${LEFT}" x2="${width - RIGHT}" y1="${y(target)}" y2="${y(target)}"/>
<path class="failures-line" d="${stairs(({ failures }) => failures)}"/>
<path class="completes-line" d="${stairs(({ completes }) => completes)}"/>
${newest && html`<circle class="completes-dot" cx="${x(until.getTime())}" cy="${y(newest.completes)}" r="4"/>`}
</svg>`
}
