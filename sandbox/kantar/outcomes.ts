import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import type { Journal } from '../journal.js'
import type { Account } from './accounts.js'
import type { Delivery, Outcome } from './outcome-words.js'
import type { PlanBook } from './plans.js'
import type { OutcomeToken, PostbackSender } from './postbacks.js'
import type { Session, SessionBook } from './sessions.js'
import type { Signer } from './signing.js'

export interface OutcomeParts {
  clock: Clock
  plans: PlanBook
  sessions: SessionBook
  signer: Signer
  sender: PostbackSender
  journal: Journal
  accounts: readonly Account[]
  /** Tributary's address; the arrival routes of an account are below it unless the account names its own. */
  apiUrl: () => string
  /** The delay of the reversal after a COMPLETED with `reversed_later`, in simulated milliseconds. */
  reversalDelayMs: number
}

/** Where the browser goes now: null when this delivery has no redirect. */
export interface Finish {
  redirectUrl: string | null
}

/** Thrown when a session already has another outcome. */
export class AlreadyFinished extends Error {
  constructor(readonly session: Session) {
    super(`session ${session.id} has ended as ${session.outcome} already`)
  }
}

/**
 * Ends sessions and notifies the supplier: a redirect with a signed token, a postback with another one of the same
 * content.
 */
export interface Outcomes {
  /**
   * Ends a session. Ending it again with the same outcome returns a new redirect and sends no second postback.
   * @throws AlreadyFinished when it has another outcome
   */
  finish(session: Session, outcome: Outcome, delivery?: Delivery): Promise<Finish>
  /** Reverses a COMPLETED: posts REJECTED, and the complete is available again. Resolves when it was delivered. */
  reverse(session: Session): Promise<boolean>
  /** Posts any outcome for a session, regardless of its own: for contradictions that a provider should not send. */
  post(session: Session, outcome: Outcome): Promise<boolean>
  /** Posts the outcomes that were not delivered before a restart. */
  resume(): void
  /** The return address with an outcome, regardless of the session's own. */
  redirectFor(session: Session, outcome: Outcome): Promise<string>
}

export function createOutcomes(parts: OutcomeParts): Outcomes {
  const { clock, plans, sessions, signer, sender, journal, accounts, apiUrl, reversalDelayMs } = parts

  const accountFor = ({ connection }: Session) => accounts.find((account) => account.connection === connection)
  const tokenFor = (session: Session, outcome: Outcome): Promise<OutcomeToken> =>
    signer.sign({
      session_id: session.id,
      outcome,
      panelist_id: session.panelistId,
      metadata: {
        timestamp: clock.now().toISOString(),
        ...(session.customPanelData ? { custom_panel_data: session.customPanelData } : {}),
      },
    })

  async function redirectFor(session: Session, outcome: Outcome): Promise<string> {
    const url = new URL(accountFor(session)?.returnUrl ?? `${apiUrl()}/returns/${session.connection}`)
    const { jws, jti } = await tokenFor(session, outcome)
    url.searchParams.set('jws', jws)
    journal.record('kantar.redirected', { session: session.id, outcome, jti })
    return url.href
  }

  async function post(session: Session, outcome: Outcome): Promise<boolean> {
    const delivered = await sender.deliver({
      url: accountFor(session)?.postbackUrl ?? `${apiUrl()}/postbacks/${session.connection}`,
      session: session.id,
      outcome,
      token: await tokenFor(session, outcome),
      renew: () => tokenFor(session, outcome),
    })
    if (delivered) sessions.markDelivered(session, outcome)
    return delivered
  }

  async function reverse(session: Session): Promise<boolean> {
    if (session.outcome !== 'COMPLETED' || session.reversedAt) return false
    sessions.markReversed(session)
    changeAvailable(plans, session, +1)
    journal.record('kantar.reversed', { session: session.id, plan: session.planId, quota: session.quotaId })
    return post(session, 'REJECTED')
  }

  /** Runs a delivery that the browser does not wait for. */
  const later = (milliseconds: number, work: () => Promise<unknown>) =>
    void wait(clock.realMilliseconds(milliseconds), undefined, { ref: false })
      .then(work)
      .catch((error: unknown) => journal.record('kantar.delivery_failed', { error: String(error) }))

  async function tell(session: Session, outcome: Outcome, delivery: Delivery): Promise<Finish> {
    const afterRedirect = 1_500
    switch (delivery) {
      case 'redirect_first':
        later(afterRedirect, () => post(session, outcome))
        break
      case 'redirect_only':
        break
      case 'both_twice':
        await firstAttempt(post(session, outcome))
        later(afterRedirect, () => post(session, outcome))
        break
      case 'reversed_later':
        await firstAttempt(post(session, outcome))
        later(reversalDelayMs, () => reverse(session))
        break
      case 'postback_only':
        await firstAttempt(post(session, outcome))
        return { redirectUrl: null }
      case 'postback_first':
        await firstAttempt(post(session, outcome))
        break
      default:
        throw new Error(`unknown delivery "${delivery satisfies never}"`)
    }
    return { redirectUrl: await redirectFor(session, outcome) }
  }

  return {
    async finish(session, outcome, delivery = 'postback_first') {
      if (session.outcome !== null) {
        if (session.outcome !== outcome) throw new AlreadyFinished(session)
        return { redirectUrl: await redirectFor(session, outcome) }
      }
      sessions.markFinished(session, outcome, delivery !== 'redirect_only')
      if (outcome === 'COMPLETED') changeAvailable(plans, session, -1)
      const { id, planId, quotaId, panelistId } = session
      journal.record('kantar.outcome', {
        session: id,
        outcome,
        delivery,
        plan: planId,
        quota: quotaId,
        panelist: panelistId,
      })
      return tell(session, outcome, delivery)
    },
    reverse,
    resume() {
      for (const session of sessions.all()) {
        const { due } = session
        if (due) later(0, () => post(session, due))
      }
    },
    post,
    redirectFor,
  }
}

/** The browser waits for the postback's answer, up to a limit, because a supplier that is down must not block it. */
async function firstAttempt(delivery: Promise<boolean>): Promise<void> {
  delivery.catch(() => {})
  await Promise.race([delivery, wait(2_000, undefined, { ref: false })])
}

/** Moves the counts of the plan and of the session's quota, and with them the plan's update in the feed. */
function changeAvailable(plans: PlanBook, session: Session, by: 1 | -1): void {
  const stored = plans.get(session.planId)
  if (!stored) return
  const { plan } = stored
  const available = Math.max(0, plan.available_completes + by)
  plans.change(plan.id, {
    available_completes: available,
    ...(available === 0 ? { status: 'CLOSED' as const } : {}),
    quotas: plan.quotas.map((quota) =>
      quota.id === session.quotaId
        ? { ...quota, available_completes: Math.max(0, quota.available_completes + by) }
        : quota,
    ),
  })
}
