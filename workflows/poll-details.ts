import type { PollPosition, RecentPoll } from './messages/poll.js'

/** The loop's "Current details" in the Temporal UI, for operators: Markdown, counts and ids only. */
export function pollDetails(position: PollPosition, waiting: string): string {
  const { state, recent, open, quarantined } = position
  const reason = position.pausedFor ?? position.reason
  const last = recent[0]
  const line = [
    // continue-as-new drops the summary of the start, so the name is here too
    `${position.connection} (${position.provider})`,
    `**${state[0]?.toUpperCase()}${state.slice(1)}**`,
    ...(last === undefined ? [] : [`last poll ${clock(last.at)} (${seconds(last.durationMs)})`]),
    `open ${open}`,
    ...(quarantined > 0 ? [`in quarantine ${quarantined}`] : []),
    waiting,
  ].join(' · ')
  return [
    line,
    '',
    ...(reason === null ? [] : [`> ${reason}`, '']),
    `Stored up to **${position.committed}**, acknowledged up to **${position.acked}**; ${position.polls} polls, ` +
      `${position.failStreak} failed in a row.`,
    '',
    '| poll (UTC) | took | received | new | unreadable | |',
    '|---|---|---|---|---|---|',
    ...recent.map(row),
  ].join('\n')
}

function row(poll: RecentPoll): string {
  const cells = [
    clock(poll.at),
    seconds(poll.durationMs),
    poll.received ?? '',
    poll.stored ?? '',
    poll.unreadable ?? '',
    poll.failure ?? 'ok',
  ]
  return `| ${cells.join(' | ')} |`
}

const clock = (stamp: string): string => stamp.slice(11, 19)

/** 830 -> "830 ms", 12000 -> "12 s", 90000 -> "90 s", 300000 -> "5 min". */
export function seconds(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 120_000) return `${Number((milliseconds / 1_000).toFixed(1))} s`
  return `${Math.round(milliseconds / 60_000)} min`
}
