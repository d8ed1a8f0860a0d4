import { createHash } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Clock } from '../clock.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { inShare } from '../random.js'

export interface CallbackOptions {
  readonly clock: Clock
  readonly faults: FaultBoard
  readonly journal: Journal
  readonly secret: string
  /** Waits between attempts, in simulated milliseconds; the last one is repeated [0.5 s to 60 s]. */
  readonly retryDelays?: readonly number[]
}

/** Signs addresses and calls suppliers back until they answer 2xx. */
export interface Callbacks {
  /** Appends ps_hash: the sha1 of the whole address so far and the secret (public pages: sha1 of full url + secret). */
  signed(address: string, parameters: Readonly<Record<string, string>>): string
  /** Resolves true when delivered, false after the last attempt or when closed. */
  call(method: 'GET' | 'POST', address: string, about: string): Promise<boolean>
  readonly pending: number
  close(): Promise<void>
}

const DELAYS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
const ATTEMPTS = 40

export function createCallbacks({ clock, faults, journal, secret, retryDelays = DELAYS }: CallbackOptions): Callbacks {
  const agent = new Agent({ connections: 64, headersTimeout: 15_000, bodyTimeout: 15_000, connect: { timeout: 5_000 } })
  const stopped = new AbortController()
  setMaxListeners(0, stopped.signal)
  let pending = 0
  faults.register('purespectrum.callback')

  async function attempt(method: 'GET' | 'POST', address: string, about: string, number: number): Promise<boolean> {
    const fault = faults.strike('purespectrum.callback')
    if (fault) journal.record('fault', { endpoint: 'purespectrum.callback', ...fault })
    if (fault?.latency_ms) await wait(fault.latency_ms, undefined, { signal: stopped.signal })
    const record = (answer: Record<string, unknown>) =>
      journal.record('purespectrum.callback_attempt', {
        session: about,
        method,
        attempt: number,
        url: address,
        ...answer,
      })
    if (fault?.reset || fault?.hang || fault?.lost_answer || fault?.status !== undefined) {
      record({ lost: true })
      return fault.lost_answer === true
    }
    if (fault?.duplicates !== undefined && inShare('twice', about, fault.duplicates))
      setTimeout(() => void send(method, address, record).catch(() => {}), 50)
    return send(method, address, record)
  }

  async function send(
    method: 'GET' | 'POST',
    address: string,
    record: (answer: Record<string, unknown>) => void,
  ): Promise<boolean> {
    try {
      const answer = await request(address, { method, dispatcher: agent, signal: stopped.signal })
      const text = await answer.body.text()
      const delivered = answer.statusCode >= 200 && answer.statusCode < 300
      record({ status: answer.statusCode, ...(delivered ? {} : { body: text.slice(0, 500) }) })
      return delivered
    } catch (error) {
      record({ error: error instanceof Error ? error.message : String(error) })
      return false
    }
  }

  return {
    signed(address, parameters) {
      const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      const plain = `${address}?${query.join('&')}`
      return `${plain}&ps_hash=${createHash('sha1')
        .update(plain + secret)
        .digest('hex')}`
    },
    async call(method, address, about) {
      pending++
      try {
        for (let number = 1; number <= ATTEMPTS && !stopped.signal.aborted; number++) {
          if (await attempt(method, address, about, number)) return true
          const delay = retryDelays[Math.min(number, retryDelays.length) - 1] ?? 1_000
          await wait(clock.realMilliseconds(delay), undefined, { signal: stopped.signal })
        }
      } catch {
        // ended by close()
      } finally {
        pending--
      }
      journal.record('purespectrum.callback_given_up', { session: about })
      return false
    },
    get pending() {
      return pending
    },
    async close() {
      stopped.abort()
      await agent.destroy()
    },
  }
}
