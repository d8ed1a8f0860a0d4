import { createHmac } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Clock } from '../clock.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { inShare } from '../random.js'
import type { QuotaChange } from './inventory.js'
import type { Invite } from './members.js'
import { ENDINGS, type Ending } from './wire.js'

export interface NotificationParts {
  readonly clock: Clock
  readonly faults: FaultBoard
  readonly journal: Journal
  readonly secret: string
  /** The value that the partner expects in the header `x-notify-key` of quota notifications. */
  readonly notifyKey: string
  readonly retryDelays?: readonly number[]
}

/** Notifies the partner about members and quotas, until it answers 2xx. */
export interface Notifications {
  memberStatus(address: string, invite: Invite, ending: Ending): Promise<boolean>
  quotaStatus(address: string, change: QuotaChange, at: Date): Promise<boolean>
  /** The browser's return address; only completes and terminates are signed. */
  redirect(address: string, invite: Invite, ending: Ending): string
  readonly pending: number
  close(): Promise<void>
}

const DELAYS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
const ATTEMPTS = 40

export function createNotifications(parts: NotificationParts): Notifications {
  const { clock, faults, journal, secret, notifyKey, retryDelays = DELAYS } = parts
  const agent = new Agent({ connections: 32, headersTimeout: 15_000, bodyTimeout: 15_000, connect: { timeout: 5_000 } })
  const stopped = new AbortController()
  setMaxListeners(0, stopped.signal)
  let pending = 0
  for (const endpoint of ['toluna.member_status', 'toluna.quota_status']) faults.register(endpoint)

  async function attempt(
    endpoint: string,
    address: string,
    body: Record<string, unknown>,
    headers: Record<string, string>,
    number: number,
  ): Promise<boolean> {
    const fault = faults.strike(endpoint)
    if (fault) journal.record('fault', { endpoint, ...fault })
    if (fault?.latency_ms) await wait(fault.latency_ms, undefined, { signal: stopped.signal })
    const record = (answer: Record<string, unknown>) =>
      journal.record(`${endpoint}_attempt`, { attempt: number, url: address, ...body, ...answer })
    if (fault?.reset || fault?.hang || fault?.lost_answer || fault?.status !== undefined) {
      record({ lost: true })
      return fault.lost_answer === true
    }
    const send = async () => {
      const text = fault?.body ?? JSON.stringify(body)
      const answer = await request(address, {
        method: 'POST',
        headers: { 'content-type': fault?.content_type ?? 'application/json', ...headers },
        body: fault?.cut === undefined ? text : text.slice(0, Math.floor(text.length * fault.cut)),
        dispatcher: agent,
        signal: stopped.signal,
      })
      const said = await answer.body.text()
      const delivered = answer.statusCode >= 200 && answer.statusCode < 300
      record({ status: answer.statusCode, ...(delivered ? {} : { answer: said.slice(0, 300) }) })
      return delivered
    }
    if (fault?.duplicates !== undefined && inShare('twice', JSON.stringify(body), fault.duplicates))
      setTimeout(() => void send().catch(() => {}), 50)
    try {
      return await send()
    } catch (error) {
      record({ error: error instanceof Error ? error.message : String(error) })
      return false
    }
  }

  async function deliver(
    endpoint: string,
    address: string,
    body: Record<string, unknown>,
    headers: Record<string, string> = {},
  ): Promise<boolean> {
    pending++
    try {
      for (let number = 1; number <= ATTEMPTS && !stopped.signal.aborted; number++) {
        if (await attempt(endpoint, address, body, headers, number)) return true
        const delay = retryDelays[Math.min(number, retryDelays.length) - 1] ?? 1_000
        await wait(clock.realMilliseconds(delay), undefined, { signal: stopped.signal })
      }
    } catch {
      // aborted by close()
    } finally {
      pending--
    }
    return false
  }

  const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('hex')

  return {
    memberStatus(address, invite, ending) {
      const { surveyId, waveId, member, partnerAmount } = invite
      const signed = ENDINGS[ending].signed
      return deliver('toluna.member_status', address, {
        UniqueCode: member,
        SurveyId: surveyId,
        WaveId: waveId,
        // hundredths of the currency with a complete, a reason otherwise
        ...(ending === 'Qualified' ? { Revenue: Math.round(partnerAmount * 100) } : { Reason: ending }),
        ...(signed ? { EncryptedValue: hmac(`${surveyId}${waveId}${member}`) } : {}),
      })
    },
    quotaStatus(address, { survey, quota, live }, at) {
      const body = {
        QuotaID: quota.QuotaID,
        SurveyID: survey.SurveyID,
        WaveID: survey.WaveID,
        IsLive: live,
        UpdateDateTimeUTC: at.toISOString().replace('Z', ''),
      }
      return deliver('toluna.quota_status', address, body, { 'x-notify-key': notifyKey })
    },
    redirect(address, { member, surveyId, waveId }, ending) {
      const query = [
        `status=${ending}`,
        `MemberCode=${encodeURIComponent(member)}`,
        `SurveyID=${surveyId}`,
        `WaveID=${waveId}`,
      ]
      // the signature covers the whole address with the & before it
      const plain = `${address}?${query.join('&')}&`
      return ENDINGS[ending].signed ? `${plain}encValue=${hmac(plain)}` : plain.slice(0, -1)
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
