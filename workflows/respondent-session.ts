import { condition, proxyActivities, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow'
import type { PostbackActivities } from '../activities/postbacks.js'
import type { RecordedOutcome, SessionActivities, SessionStatus } from '../activities/sessions.js'
import {
  entryOpened,
  outcomeArrived,
  position,
  respondentEntered,
  type SessionInput,
  type SessionPosition,
} from './messages/session.js'
import { sessionDetails } from './session-details.js'
import { showSession } from './visibility.js'

const { recordOutcome, expireSession, abandonOpening } = proxyActivities<SessionActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
})

const { deliverPostback } = proxyActivities<PostbackActivities>({
  taskQueue: 'postbacks',
  summary: 'tell the panel',
  startToCloseTimeout: '45s',
  // the schedule is the activity's own (5 s, 5 min, 30 min, 2 h ... with jitter, Retry-After obeyed)
  retry: { initialInterval: '5s', maximumInterval: '10h', backoffCoefficient: 4 },
})

/**
 * One respondent's session, from its creation to its outcome or timeout: the provider opens the entry, the respondent
 * clicks, an outcome arrives (or time runs out), it is recorded once, and the panel is told. PostgreSQL decides what
 * happened; this workflow drives. Its id is `session:<session id>`.
 */
export async function respondentSession(input: SessionInput): Promise<SessionPosition> {
  let status: SessionStatus | null = null
  let entered = false
  let arrivals = 0

  setHandler(
    entryOpened,
    async () => {
      await condition(() => status !== null)
      return positionOf(status)
    },
    { description: 'Waits until the provider has given or refused the entry' },
  )
  setHandler(
    respondentEntered,
    () => {
      entered = true
    },
    { description: 'The respondent clicked the entry link' },
  )
  setHandler(
    outcomeArrived,
    () => {
      arrivals += 1
    },
    { description: 'A claim about the outcome is stored: go and read it' },
  )
  setHandler(position, () => positionOf(status), { description: 'State, outcome, provisional, payable' })

  const see = (next: SessionStatus): SessionStatus => {
    if (status === null || status.state !== next.state) {
      showSession({ state: next.state, ...(next.deadline ? { deadline: new Date(next.deadline) } : {}) })
    }
    setCurrentDetails(sessionDetails(next))
    status = next
    return next
  }

  see(await openTheEntry(input))

  const clickOrTimeout = (ms: number) => condition(() => entered || arrivals > 0, ms, { summary: 'entry link expires' })
  if (current(status).state === 'created') await waitOut(clickOrTimeout, input.entryTtlMs, 'created')
  if (entered && current(status).state === 'created') see({ ...current(status), state: 'entered' })

  const outcomeOrTimeout = (ms: number) => condition(() => arrivals > 0, ms, { summary: 'waiting for an outcome' })
  if (current(status).state === 'entered') await waitOut(outcomeOrTimeout, input.completionTtlMs, 'entered')

  return positionOf(await settle())

  /** Waits for news or the time limit; then PostgreSQL says whether time really ran out. */
  async function waitOut(
    news: (ms: number) => Promise<boolean>,
    limitMs: number,
    state: SessionStatus['state'],
  ): Promise<void> {
    let remainingMs = limitMs
    while (current(status).state === state) {
      if (await news(remainingMs)) return
      const truth = await expireSession(input.sessionId)
      see(truth)
      remainingMs = Math.max(truth.remainingMs, 1_000)
    }
  }

  /** Records every claim as it comes, tells the panel each time, and ends when nothing more is expected. */
  async function settle(): Promise<SessionStatus> {
    const deliveries = new Set<Promise<void>>()
    const delivering = new Set<string>()
    for (;;) {
      const seen = arrivals
      const recorded = await recordOutcome(input.sessionId)
      showOutcome(recorded)
      for (const postbackId of recorded.postbackIds) {
        if (delivering.has(postbackId)) continue
        delivering.add(postbackId)
        const delivery: Promise<void> = deliverPostback(postbackId)
          .catch(() => undefined) // a dead letter is written down by the activity; the session is over all the same
          .then(() => {
            deliveries.delete(delivery)
          })
        deliveries.add(delivery)
      }
      const told = () => arrivals > seen || deliveries.size === 0
      await condition(told)
      if (arrivals > seen) continue
      const waitMs = recorded.evidenceDeadline === null ? 0 : recorded.evidenceDeadline - Date.now()
      if (waitMs <= 0) return recorded
      const better = await condition(() => arrivals > seen, waitMs, { summary: 'waiting for better evidence' })
      if (!better) return recorded
    }
  }

  function showOutcome(recorded: RecordedOutcome): void {
    const adjusted = status?.state === 'finished' && status.outcome !== null && status.outcome !== recorded.outcome
    showSession({
      state: adjusted ? 'adjusted' : recorded.state,
      outcome: recorded.outcome,
      needsReview: recorded.needsReview,
    })
    setCurrentDetails(sessionDetails(recorded))
    status = recorded
  }
}

/** Asks the provider for the entry until it answers, or until the respondent could not use it any more. */
async function openTheEntry(input: SessionInput): Promise<SessionStatus> {
  const { openEntry } = proxyActivities<SessionActivities>({
    taskQueue: `entry-${input.connection}`,
    summary: `open an entry at ${input.connection}`,
    startToCloseTimeout: '40s',
    scheduleToCloseTimeout: input.entryTtlMs,
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  })
  try {
    return await openEntry(input.sessionId)
  } catch {
    return await abandonOpening(input.sessionId)
  }
}

function current(status: SessionStatus | null): SessionStatus {
  if (status === null) throw new Error(`${workflowInfo().workflowId} has no status before its entry was opened`)
  return status
}

function positionOf(status: SessionStatus | null): SessionPosition {
  if (status === null) return { state: 'opening', outcome: null, provisional: false, payable: false }
  return { state: status.state, outcome: status.outcome, provisional: status.provisional, payable: status.payable }
}
