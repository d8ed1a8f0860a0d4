import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import type { Journal } from '../journal.js'
import type { Inventory, QuotaChange } from './inventory.js'
import type { Invite } from './members.js'
import type { Notifications } from './notifications.js'
import type { Delivery, Ending } from './wire.js'

export interface EndingParts {
  readonly clock: Clock
  readonly journal: Journal
  readonly notifications: Notifications
  readonly inventories: ReadonlyMap<string, Inventory>
  /** The partner's name of the connection for a panel: the last part of its arrival routes. */
  readonly connectionOf: (panel: string) => string
  readonly apiUrl: () => string
}

/**
 * Ends surveys and notifies the partner: the browser returns to the end page, and a notification is sent separately.
 */
export interface Endings {
  /** @returns where the browser goes; null when this delivery has no redirect */
  finish(invite: Invite, ending: Ending, delivery: Delivery): Promise<string | null>
  /** Notifies of any ending, regardless of how the invite ended. */
  notify(invite: Invite, ending: Ending): Promise<boolean>
  /** Broadcasts that a quota closed or opened. @param at when it happened, for the notification [now] */
  broadcast(change: QuotaChange, at?: Date): Promise<boolean>
}

export function createEndings(parts: EndingParts): Endings {
  const { clock, journal, notifications, inventories, connectionOf, apiUrl } = parts
  const returnUrl = (invite: Invite) => `${apiUrl()}/returns/${connectionOf(invite.panel)}`
  const first = () => connectionOf([...inventories.values()][0]?.panel.guid ?? '')

  const notify = (invite: Invite, ending: Ending) =>
    notifications.memberStatus(`${apiUrl()}/postbacks/${connectionOf(invite.panel)}/member-status`, invite, ending)
  // one address for the whole account: quotas of every panel are sent there
  const broadcast = (change: QuotaChange, at = clock.now()) =>
    notifications.quotaStatus(`${apiUrl()}/postbacks/${first()}/quota-status`, change, at)

  const later = (milliseconds: number, work: () => Promise<unknown>) =>
    void wait(clock.realMilliseconds(milliseconds), undefined, { ref: false })
      .then(work)
      .catch((error: unknown) => journal.record('toluna.delivery_failed', { error: String(error) }))

  return {
    notify,
    broadcast,
    async finish(invite, ending, delivery) {
      if (invite.ending === undefined) {
        invite.ending = ending
        journal.record('toluna.ended', { invite: invite.id, ending, delivery, survey: invite.surveyId })
        if (ending === 'Qualified') {
          const closed = inventories.get(invite.panel.toLowerCase())?.complete(invite.quotaId, 1)
          if (closed) later(0, () => broadcast(closed))
        }
        if (delivery === 'redirect_first') later(1_500, () => notify(invite, ending))
        else if (delivery !== 'redirect_only') {
          await firstAttempt(notify(invite, ending))
          if (delivery === 'both_twice') later(1_500, () => notify(invite, ending))
        }
      }
      return delivery === 'notification_only' ? null : notifications.redirect(returnUrl(invite), invite, ending)
    },
  }
}

/** The browser waits for the notification's answer, up to a limit. */
async function firstAttempt(delivery: Promise<boolean>): Promise<void> {
  delivery.catch(() => {})
  await Promise.race([delivery, wait(2_000, undefined, { ref: false })])
}
