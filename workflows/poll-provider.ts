import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  proxySinks,
  type Sinks,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import {
  configChanged,
  type PollInput,
  type PollPosition,
  pausePolling,
  pollNow,
  pollPosition,
  redriveRecord,
  resumePolling,
} from './messages/poll.js'
import { pollDetails, seconds } from './poll-details.js'
import { readFailure } from './poll-failure.js'
import { waitAfterFailure, waitAfterSuccess } from './poll-pace.js'
import { afterFailure, afterPage, firstPosition, withPause } from './poll-position.js'
import { NOTHING_SHOWN, showLastSuccess, showPosition } from './poll-visibility.js'
import { pollRecords, polls } from './proxies.js'

/** The most polls of one run: about 20 events each, far from the 10,240 where Temporal begins to warn. */
const POLLS_PER_RUN = 250
/** Many signals make a history long, too. */
const EVENTS_PER_RUN = 6_000

/** Where a test may kill the worker; does nothing otherwise. */
export interface FailpointSinks extends Sinks {
  failpoints: { beforeContinueAsNew(): void }
}
const { failpoints } = proxySinks<FailpointSinks>()

/**
 * The poll loop of one connection: fetch and store a page, acknowledge it once it is committed, wait for the provider's
 * pace, repeat. Polls never overlap. Failures back off; a connection that needs an operator is blocked and retried
 * every five minutes. Its id is `poll:<connection>`; it runs without end and continues as new before its history grows
 * long.
 */
export async function pollProvider(input: PollInput): Promise<void> {
  const { connection } = input
  let position: PollPosition = input.carried?.position ?? firstPosition(input)
  let shown = input.carried?.shown ?? NOTHING_SHOWN
  let pausedFor = input.carried?.pausedFor ?? null
  let recordedPause = input.carried?.recordedPause ?? null
  let pollRequested = input.carried?.pollRequested ?? false
  let dueAt = input.carried?.dueAt ?? Date.now()
  // a request that the poll in flight may not have seen
  let hurry = false
  let waitingFor = `next poll of ${connection}`

  const provider = polls(connection)
  const bookkeeping = pollRecords()

  setHandler(
    pausePolling,
    (reason) => {
      pausedFor = (reason || 'paused by an operator').slice(0, 200)
      count('pause')
    },
    { description: 'Not polled and not offered until resume; the reason is shown' },
  )
  setHandler(
    resumePolling,
    () => {
      if (pausedFor !== null) pollSoon()
      pausedFor = null
      count('resume')
    },
    { description: 'Polls and offers again' },
  )
  setHandler(
    pollNow,
    () => {
      pollRequested = true
      count('pollNow')
    },
    { description: 'Polls immediately; once even when paused' },
  )
  setHandler(
    configChanged,
    () => {
      pollSoon()
      count('configChanged')
    },
    { description: 'The configuration has changed: polls immediately with it' },
  )
  setHandler(redriveRecord, (quarantineId) => bookkeeping.redrive({ quarantineId }), {
    description: 'Reads a quarantined record again; returns its new state',
  })
  setHandler(pollPosition, () => position, { description: 'Cursor, state and the last polls' })

  // record pause and resume in PostgreSQL even while a poll is in flight
  keepPauseRecorded().catch(onlyCancellation)
  look()

  for (let polls = 0; ; polls += 1) {
    await untilDue()
    if (polls >= (input.pollsPerRun ?? POLLS_PER_RUN) || historyIsLong()) break
    pollRequested = false
    hurry = false
    await pollOnce()
    if (hurry) dueAt = Date.now()
    look()
  }

  await condition(() => allHandlersFinished() && recordedPause === pausedFor)
  showLastSuccess(position)
  failpoints.beforeContinueAsNew()
  await continueAsNew<typeof pollProvider>({
    ...input,
    carried: { position, shown, pausedFor, recordedPause, pollRequested, dueAt },
  })

  /** Waits for the next poll's time, for a request to poll immediately, or - when paused - for the resume. */
  async function untilDue(): Promise<void> {
    while (!pollRequested && !historyIsLong()) {
      if (pausedFor !== null) {
        await condition(() => pausedFor === null || pollRequested || historyIsLong())
        continue
      }
      const remaining = dueAt - Date.now()
      if (remaining <= 0) return
      const before = dueAt
      const disturbed = () => pausedFor !== null || pollRequested || dueAt !== before || historyIsLong()
      await condition(disturbed, remaining, { summary: `${waitingFor} in ${seconds(remaining)}` })
    }
  }

  /** One poll and its acknowledgement; a failure becomes part of the position. */
  async function pollOnce(): Promise<void> {
    const startedAt = Date.now()
    try {
      const page = await provider.pollAndStore.executeWithOptions(
        { summary: `GET supply after ack ${position.acked}` },
        [{ connection }],
      )
      const receipt = page.toAcknowledge
      if (receipt !== null) {
        await provider.acknowledge.executeWithOptions({ summary: `ack ${receipt}` }, [{ connection, receipt }])
      }
      if ((page.membersDue ?? 0) > 0) {
        await provider.readMembers.executeWithOptions({ summary: `members of ${page.membersDue} quotas` }, [
          { connection },
        ])
      }
      position = afterPage(position, page, receipt ?? page.acked, Date.now())
      waitingFor = `next poll of ${connection}`
      dueAt = Date.now() + waitAfterSuccess({ ...page, durationMs: Date.now() - startedAt }, Date.now(), Math.random())
    } catch (error) {
      if (isCancellation(error)) throw error
      const failure = readFailure(error)
      position = afterFailure(position, failure, Date.now() - startedAt, Date.now())
      waitingFor = `${connection}: retry after ${failure.status ?? failure.type}`
      dueAt = Date.now() + waitAfterFailure(failure, position.failStreak, Math.random())
    }
  }

  /** Records every pause and resume in PostgreSQL, in their order. */
  async function keepPauseRecorded(): Promise<void> {
    for (;;) {
      await condition(() => recordedPause !== pausedFor)
      const reason: string | null = pausedFor
      look()
      if (reason === null) await bookkeeping.recordResumed({ connection })
      else await bookkeeping.recordPaused({ connection, reason })
      recordedPause = reason
    }
  }

  function pollSoon(): void {
    dueAt = Date.now()
    hurry = true
  }

  function count(signal: keyof PollPosition['signals']): void {
    position = { ...position, signals: { ...position.signals, [signal]: position.signals[signal] + 1 } }
  }

  /** Shows the position to operators: query, search attributes, current details. */
  function look(): void {
    const nextPollAt = pausedFor === null ? new Date(dueAt).toISOString() : null
    position = { ...withPause(position, pausedFor), nextPollAt }
    shown = showPosition(position, shown)
    setCurrentDetails(pollDetails(position, waiting()))
  }

  function waiting(): string {
    return pausedFor === null ? `next at ${new Date(dueAt).toISOString().slice(11, 19)}` : 'waits for resume'
  }

  function historyIsLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo()
    return continueAsNewSuggested || historyLength >= EVENTS_PER_RUN
  }
}

function onlyCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error
}
