import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import type { Journal } from '../journal.js'
import type { PublisherAccount } from './account.js'
import type { Callback, CallbackSender, Letter } from './callbacks.js'
import type { Inventory } from './inventory.js'

/** One person in one survey, under the publisher's tracking id. */
export interface Participation {
  subId: string
  surveyId: string
  endUser: string
  account: PublisherAccount
  invitation: string
  transaction: string
  letter: Letter | null
  reversed: boolean
}

/** How the publisher is notified of an end. */
export const DELIVERIES = [
  'callback_first',
  'redirect_first',
  'callback_only',
  'redirect_only',
  'twice',
  'reversed_later',
] as const
export type Delivery = (typeof DELIVERIES)[number]

const LATER_MS = 1_500
const REVERSAL_MS = 15_000

/** The simulated provider's own records of participations and callbacks. */
export class Participations {
  readonly #bySubId = new Map<string, Participation>()

  constructor(
    private readonly parts: {
      readonly clock: Clock
      readonly journal: Journal
      readonly inventory: Inventory
      readonly sender: CallbackSender
      readonly apiUrl: () => string
    },
  ) {}

  get(subId: string): Participation | undefined {
    return this.#bySubId.get(subId)
  }

  all(): Participation[] {
    return [...this.#bySubId.values()]
  }

  /**
   * A user arrives by a link. A tracking id is for one survey and one user.
   * @returns null when it was used for another one
   */
  enter(subId: string, surveyId: string, endUser: string, account: PublisherAccount): Participation | null {
    const before = this.#bySubId.get(subId)
    if (before) return before.surveyId === surveyId && before.endUser === endUser ? before : null
    const entered: Participation = {
      subId,
      surveyId,
      endUser,
      account,
      invitation: String(100_000 + this.#bySubId.size),
      transaction: randomUUID(),
      letter: null,
      reversed: false,
    }
    this.#bySubId.set(subId, entered)
    this.parts.journal.record('dynata.entered', { subId, survey: surveyId, user: endUser })
    return entered
  }

  /** Ends it once. @returns where the browser goes; null = it stays */
  async finish(one: Participation, letter: Letter, delivery: Delivery): Promise<string | null> {
    const { journal, inventory } = this.parts
    if (one.letter !== null) return this.returnUrl(one, one.letter)
    one.letter = letter
    const survey = inventory.find(one.surveyId)
    if (survey && letter === 'C') survey.remaining = Math.max(0, survey.remaining - 1)
    journal.record('dynata.outcome', { subId: one.subId, letter, delivery, survey: one.surveyId })
    if (delivery === 'redirect_first') this.#later(LATER_MS, () => this.tell(one, letter))
    else if (delivery !== 'redirect_only') await firstAttempt(this.tell(one, letter))
    if (delivery === 'twice') this.#later(LATER_MS, () => this.tell(one, letter))
    if (delivery === 'reversed_later') this.#later(REVERSAL_MS, () => this.reverse(one))
    return delivery === 'callback_only' ? null : this.returnUrl(one, letter)
  }

  /** A chargeback: the same complete with a negative amount. */
  async reverse(one: Participation): Promise<boolean> {
    if (one.letter !== 'C' || one.reversed) return false
    one.reversed = true
    this.parts.journal.record('dynata.reversed', { subId: one.subId })
    return this.parts.sender.send({
      ...this.#callback(one, 'C'),
      amount: `-${this.#amount(one)}`,
      transaction: randomUUID(),
    })
  }

  /** Sends any letter, regardless of earlier ones. */
  tell(one: Participation, letter: Letter): Promise<boolean> {
    return this.parts.sender.send(this.#callback(one, letter))
  }

  returnUrl(one: Participation, letter: Letter): string {
    const url = new URL(`${this.parts.apiUrl()}/returns/${one.account.connection}`)
    url.searchParams.set('sub_id', one.subId)
    url.searchParams.set('status', letter)
    return url.href
  }

  #callback(one: Participation, letter: Letter): Callback {
    const { account, subId, invitation, transaction } = one
    return { account, subId, letter, amount: letter === 'C' ? this.#amount(one) : '0', invitation, transaction }
  }

  #amount(one: Participation): string {
    return ((this.parts.inventory.find(one.surveyId)?.cpiCents ?? 50) / 100).toFixed(2)
  }

  #later(milliseconds: number, work: () => Promise<unknown>): void {
    void wait(this.parts.clock.realMilliseconds(milliseconds), undefined, { ref: false })
      .then(work)
      .catch((error: unknown) => this.parts.journal.record('dynata.delivery_failed', { error: String(error) }))
  }
}

/** The browser waits for the callback's answer, up to a limit. */
async function firstAttempt(delivery: Promise<boolean>): Promise<void> {
  delivery.catch(() => {})
  await Promise.race([delivery, wait(2_000, undefined, { ref: false })])
}
