import {
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { RecordedOutcome, SessionStatus } from '../activities/sessions.js'
import {
  entryOpened,
  outcomeArrived,
  position,
  respondentEntered,
  type SessionInput,
  type SessionPosition,
} from './messages/session.js'
import { deliveries, entries, outcomeRecords } from './proxies.js'
import { endedDetails, sessionDetails } from './session-details.js'
import { showSession } from './visibility.js'

const { recordOutcome } = outcomeRecords('outcome, ledger and outbox, once per claim')
const { expireSession } = outcomeRecords('check whether time ran out')
const { abandonOpening } = outcomeRecords('no entry in time')
const { deliverPostback } = deliveries()

/**
 * One respondent's session, from its creation to its outcome or timeout: the provider opens the entry, the respondent
 * clicks, an outcome arrives (or time runs out), it is recorded once, and the panel is notified. PostgreSQL decides
 * what happened; this workflow drives. Its id is `session:<session id>`.
 */
export async function respondentSession(input: SessionInput): Promise<SessionPosition> {
  let status: SessionStatus | null = null
  let entered = false
  /** Arrivals signalled, and how many of them were read. */
  let arrivals = 0
  let read = 0

  setHandler(
    entryOpened,
    async () => {
      await condition(() => status !== null)
      return positionOf(status)
    },
    { description: 'Waits until the provider has returned or refused the entry' },
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
    { description: 'A claim about the outcome is stored: read it' },
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

  see(await openOrHear())
  let recorded: RecordedOutcome | null = null
  while (current(status).state !== 'finished') recorded = await waitForNews()
  const last = await settle(recorded)
  setCurrentDetails(endedDetails(last, input.sessionId))
  return positionOf(last)

  /** Opens the entry at the provider; stops waiting for a slow provider when the session ends. */
  async function openOrHear(): Promise<SessionStatus> {
    const scope = new CancellationScope()
    const opening = scope.run(() => openTheEntry(input))
    opening.catch(() => undefined)
    const heard = condition(() => arrivals > 0).then(() => null)
    const opened = await Promise.race([opening, heard])
    if (opened !== null) return opened
    const truth = await expireSession(input.sessionId)
    if (truth.state === 'opening') return opening
    scope.cancel()
    return truth
  }

  /**
   * Waits for a click, an arrival or the time limit. Each only triggers a read: PostgreSQL has the session's state, so
   * a lost or needless signal does not change the result.
   * @returns the recorded outcome, if an arrival was the trigger
   */
  async function waitForNews(): Promise<RecordedOutcome | null> {
    const { state, remainingMs } = current(status)
    const clicked = () => entered && state === 'created'
    const summary = state === 'created' ? 'entry link expires' : 'waiting for an outcome'
    const told = await condition(() => arrivals > read || clicked(), Math.max(remainingMs, 1_000), { summary })
    if (!told) {
      see(await expireSession(input.sessionId))
      return null
    }
    if (arrivals > read) return record()
    const ttl = input.completionTtlMs
    see({ ...current(status), state: 'entered', remainingMs: ttl, deadline: Date.now() + ttl })
    return null
  }

  async function record(): Promise<RecordedOutcome> {
    read = arrivals
    const recorded = await recordOutcome(input.sessionId)
    showOutcome(recorded)
    return recorded
  }

  /** Records every claim as it comes, notifies the panel each time, and ends when no more claims are expected. */
  async function settle(first: RecordedOutcome | null): Promise<SessionStatus> {
    const deliveries = new Set<Promise<void>>()
    const delivering = new Set<string>()
    for (let recorded = first ?? (await record()); ; recorded = await record()) {
      for (const postbackId of recorded.postbackIds) {
        if (delivering.has(postbackId)) continue
        delivering.add(postbackId)
        const delivery: Promise<void> = deliverPostback(postbackId)
          .catch(() => undefined) // the activity records a dead letter; the session still ends
          .then(() => {
            deliveries.delete(delivery)
          })
        deliveries.add(delivery)
      }
      await condition(() => arrivals > read || deliveries.size === 0)
      if (arrivals > read) continue
      const waitMs = recorded.evidenceDeadline === null ? 0 : recorded.evidenceDeadline - Date.now()
      if (waitMs <= 0) return recorded
      const better = await condition(() => arrivals > read, waitMs, { summary: 'waiting for better evidence' })
      if (!better) return recorded
    }
  }

  function showOutcome(recorded: RecordedOutcome): void {
    const before = status?.state === 'finished' ? status : null
    const adjusted =
      before !== null && (before.outcome !== recorded.outcome || before.provisional !== recorded.provisional)
    showSession({
      state: adjusted ? 'adjusted' : recorded.state,
      outcome: recorded.outcome,
      needsReview: recorded.needsReview,
    })
    setCurrentDetails(sessionDetails(recorded))
    status = recorded
  }
}

/** Requests the entry from the provider until it answers, or until the respondent can no longer use it. */
async function openTheEntry(input: SessionInput): Promise<SessionStatus> {
  const { openEntry } = entries(input.connection, input.entryTtlMs)
  try {
    return await openEntry(input.sessionId)
  } catch (error) {
    if (isCancellation(error)) throw error
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
