import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Clock } from '../clock.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { md5, type PublisherAccount } from './account.js'

/** The status letters of the callback. */
export const LETTERS = ['C', 'F', 'P', 'N', 'R', 'T'] as const
export type Letter = (typeof LETTERS)[number]

export interface Callback {
  account: PublisherAccount
  subId: string
  letter: Letter
  /** Decimal text; negative takes a complete back. */
  amount: string
  /** The invitation and the transaction that the hashes are about. */
  invitation: string
  transaction: string
}

export interface CallbackSender {
  /** Resolves true once the answer was `1`. */
  send(callback: Callback): Promise<boolean>
  close(): Promise<void>
}

const DELAYS_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
const ATTEMPTS = 30
/** "The answer must be 1 within 5 s or it is retried." */
const PATIENCE_MS = 5_000

/** The publisher's callback address with all parameters and both hashes. */
export function callbackUrl(
  base: string,
  { account, subId, letter, amount, invitation, transaction }: Callback,
): string {
  const url = new URL(`${base}/postbacks/${account.connection}`)
  url.searchParams.set('sub_id', subId)
  url.searchParams.set('status', letter)
  url.searchParams.set('amt', amount)
  url.searchParams.set('offerInvitationId', invitation)
  url.searchParams.set('transactionId', transaction)
  url.searchParams.set('oidHash', md5(`${invitation}${account.offerSecret}`))
  url.searchParams.set('txnHash', md5(`${transaction}${account.transactionSecret}`))
  return url.href
}

export function createCallbackSender(options: {
  clock: Clock
  faults: FaultBoard
  journal: Journal
  apiUrl: () => string
}): CallbackSender {
  const { clock, faults, journal, apiUrl } = options
  const agent = new Agent({ connections: 32, connect: { timeout: 5_000 } })
  const stopped = new AbortController()
  setMaxListeners(0, stopped.signal)
  faults.register('dynata.callback')

  async function attempt(callback: Callback, number: number): Promise<boolean> {
    const fault = faults.strike('dynata.callback')
    if (fault) journal.record('fault', { endpoint: 'dynata.callback', ...fault })
    if (fault?.latency_ms) await wait(fault.latency_ms, undefined, { signal: stopped.signal })
    const { subId, letter, amount, transaction } = callback
    const record = (answer: Record<string, unknown>) =>
      journal.record('dynata.callback_attempt', { subId, letter, amount, transaction, attempt: number, ...answer })
    if (fault?.reset || fault?.hang || fault?.lost_answer || fault?.status !== undefined) {
      record({ lost: true })
      return fault.lost_answer === true
    }
    try {
      const answer = await request(callbackUrl(apiUrl(), callback), {
        dispatcher: agent,
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(PATIENCE_MS)]),
      })
      const body = await answer.body.text()
      record({ status: answer.statusCode, body: body.slice(0, 200) })
      return answer.statusCode === 200 && body === '1'
    } catch (error) {
      record({ error: error instanceof Error ? error.message : String(error) })
      return false
    }
  }

  return {
    async send(callback) {
      try {
        for (let number = 1; number <= ATTEMPTS && !stopped.signal.aborted; number++) {
          if (await attempt(callback, number)) return true
          const delay = DELAYS_MS[Math.min(number, DELAYS_MS.length) - 1] ?? 1_000
          await wait(clock.realMilliseconds(delay), undefined, { signal: stopped.signal })
        }
      } catch {
        // aborted by close()
      }
      journal.record('dynata.callback_given_up', { subId: callback.subId, letter: callback.letter })
      return false
    },
    async close() {
      stopped.abort()
      await agent.destroy()
    },
  }
}
