import { between, patientFetch, type SandboxJournal } from '../ingest/sandbox-journal.js'

/** The measurements of one round: polls of the healthy connection, and matches. */
export interface Round {
  /** From poll to poll, in ms. */
  readonly cadenceMs: readonly number[]
  /** Of a match, from request to answer, in ms. */
  readonly matchMs: readonly number[]
}

/** Measures one round: reads the polls from the journal, and sends matches one after another. */
export async function measure(
  journal: SandboxJournal,
  seconds: number,
  match: () => Promise<void>,
  pauseMs: number,
): Promise<Round> {
  const from = Date.now()
  const matchMs: number[] = []
  while (Date.now() - from < seconds * 1_000) {
    const started = performance.now()
    await match()
    matchMs.push(performance.now() - started)
    await sleep(pauseMs)
  }
  const polls = (await journal.entries('kantar.polled')).filter(({ at }) => Date.parse(at) >= from)
  const cadenceMs = polls.slice(1).map((poll, index) => between(polls[index] ?? poll, poll))
  return { cadenceMs, matchMs }
}

/** Makes the feed of a sandbox hang, or answer again. */
export async function setHanging(sandboxUrl: string, hanging: boolean): Promise<void> {
  const answer = await patientFetch(`${sandboxUrl}/_sandbox/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(hanging ? { 'kantar.feed': { hang: true } } : {}),
  })
  if (!answer.ok) throw new Error(`the sandbox's fault switches answered ${answer.status}`)
}

/** @throws Error after `withinMs` */
export async function until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1_000} s`)
    await sleep(100)
  }
}

/** How much larger the second figure is, in percent; 0 when it is smaller. */
export const movedPercent = (before: number, after: number): number =>
  Math.max(0, Math.round(((after - before) / before) * 1_000) / 10)

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
