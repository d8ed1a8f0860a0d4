import { type Html, html } from './html.js'

const STEPS = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'min', seconds: 60 },
  { unit: 's', seconds: 1 },
] as const

/** How long ago, in the largest unit that is not zero: "12 s ago", "3 h ago". */
export function ago(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1_000))
  const step = STEPS.find((one) => seconds >= one.seconds)
  return step === undefined ? 'now' : `${Math.floor(seconds / step.seconds)} ${step.unit} ago`
}

/** "2026-01-31 09:30:00", in UTC. */
export const utc = (at: Date): string => at.toISOString().slice(0, 19).replace('T', ' ')

/**
 * A time for people, and for programs.
 * @param title the tooltip; by default the time itself, to the second
 */
export const timeAgo = (at: Date, now: Date, title = `${utc(at)} UTC`): Html =>
  html`<time datetime="${at.toISOString()}" title="${title}">${ago(at, now)}</time>`

/** A time to the second, in UTC. */
export const timeExact = (at: Date): Html => html`<time datetime="${at.toISOString()}">${utc(at)} UTC</time>`
