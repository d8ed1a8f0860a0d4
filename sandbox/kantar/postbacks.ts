import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Clock } from '../clock.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { inShare } from '../random.js'
import { TOKEN_LIFE_SECONDS } from './signing.js'

export interface Postback {
  url: string
  session: string
  outcome: string
  token: OutcomeToken
  /** Signs the same outcome again, for retries that outlive the token. */
  renew(): Promise<OutcomeToken>
}

export interface OutcomeToken {
  jws: string
  jti: string
  signedAt: Date
}

export interface PostbackSenderOptions {
  clock: Clock
  faults: FaultBoard
  journal: Journal
  /** Waits between attempts, in simulated milliseconds; the last one is repeated [0.5 s to 60 s]. */
  retryDelays?: readonly number[]
  /** The most attempts [40]. */
  attempts?: number
}

/** Posts outcomes to suppliers until they answer 2xx (Kantar Gateway API: "they will also receive a … postback"). */
export interface PostbackSender {
  /** Resolves true when delivered, false after the last attempt or when closed. */
  deliver(postback: Postback): Promise<boolean>
  /** How many deliveries are in progress. */
  readonly pending: number
  /** Stops retrying and closes the connections. */
  close(): Promise<void>
}

interface Answer {
  delivered: boolean
  retryAfterMs: number
}

const DEFAULT_DELAYS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]

export function createPostbackSender(options: PostbackSenderOptions): PostbackSender {
  const { clock, faults, journal, retryDelays = DEFAULT_DELAYS, attempts = 40 } = options
  const agent = new Agent({ connections: 64, headersTimeout: 15_000, bodyTimeout: 15_000, connect: { timeout: 5_000 } })
  const stopped = new AbortController()
  // one listener per delivery in progress, and there may be thousands
  setMaxListeners(0, stopped.signal)
  let pending = 0
  faults.register('kantar.postback')

  async function attempt(postback: Postback, token: OutcomeToken, number: number): Promise<Answer> {
    const fault = faults.strike('kantar.postback')
    if (fault) journal.record('fault', { endpoint: 'kantar.postback', ...fault })
    if (fault?.latency_ms) await wait(fault.latency_ms, undefined, { signal: stopped.signal })
    const { session, outcome, url } = postback
    const { jws, jti } = token
    const record = (answer: Record<string, unknown>) =>
      journal.record('kantar.postback_attempt', { session, outcome, jti, attempt: number, url, ...answer })
    // "lost" in transit: the sender believes that it was sent
    if (fault?.reset || fault?.hang || fault?.lost_answer || fault?.status !== undefined) {
      record({ lost: true })
      return { delivered: fault.lost_answer === true, retryAfterMs: 0 }
    }
    const whole = fault?.body ?? JSON.stringify({ jws })
    const body = fault?.cut === undefined ? whole : whole.slice(0, Math.floor(whole.length * fault.cut))
    const isTwice = fault?.duplicates !== undefined && inShare('twice', jti, fault.duplicates)
    if (isTwice) setTimeout(() => void attempt(postback, token, number).catch(() => {}), 50)
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: { 'content-type': fault?.content_type ?? 'application/json' },
        body,
        dispatcher: agent,
        signal: stopped.signal,
      })
      const text = await answer.body.text()
      const delivered = answer.statusCode >= 200 && answer.statusCode < 300
      record({ status: answer.statusCode, ...(delivered ? {} : { body: text.slice(0, 500) }) })
      const seconds = Number(answer.headers['retry-after'])
      return { delivered, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 }
    } catch (error) {
      record({ error: error instanceof Error ? error.message : String(error) })
      return { delivered: false, retryAfterMs: 0 }
    }
  }

  async function deliver(postback: Postback): Promise<boolean> {
    pending++
    let { token } = postback
    try {
      for (let number = 1; number <= attempts && !stopped.signal.aborted; number++) {
        const age = clock.now().getTime() - token.signedAt.getTime()
        if (age > (TOKEN_LIFE_SECONDS * 1000) / 2) token = await postback.renew()
        const { delivered, retryAfterMs } = await attempt(postback, token, number)
        if (delivered) return true
        const delay = retryDelays[Math.min(number, retryDelays.length) - 1] ?? 1_000
        await wait(clock.realMilliseconds(Math.max(delay, retryAfterMs)), undefined, { signal: stopped.signal })
      }
    } catch {
      // aborted by close()
    } finally {
      pending--
    }
    journal.record('kantar.postback_given_up', { session: postback.session, outcome: postback.outcome })
    return false
  }

  return {
    deliver,
    get pending() {
      return pending
    },
    async close() {
      stopped.abort()
      await agent.destroy()
    },
  }
}
