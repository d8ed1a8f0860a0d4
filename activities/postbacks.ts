import { ApplicationFailure } from '@temporalio/activity'
import { Webhook } from 'standardwebhooks'
import { recordAttempt } from '../commands/postbacks/record-attempt.js'
import { isDatabaseAway, type Knex } from '../db/connect.js'
import { findPostback, type PostbackRow } from '../db/stores/postback-store.js'
import { FAILURE_TYPES } from '../domain/failure-types.js'
import { failpoint } from '../platform/failpoints.js'
import type { Http } from '../providers/http.js'
import { withHeartbeat } from './heartbeat.js'

export interface PostbackDependencies {
  readonly knex: Knex
  readonly http: Http
  readonly clock: () => Date
  /** The panel's postback endpoint; null when it has none (any more). */
  readonly endpoint: (panel: string) => { readonly url: string; readonly secret: string } | null
}

export type PostbackActivities = ReturnType<typeof createPostbackActivities>

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Waits between the attempts (Svix's schedule); after the last the message is a dead letter. */
const SCHEDULE_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]
const TIMEOUT_MS = 20 * SECOND
const BODY_HEAD_LENGTH = 500
const LEASE_MS = 10 * MINUTE
/** The timeout for reading a message and for recording an attempt: with the panel's time within the activity's 45 s. */
const DATABASE_PATIENCE_MS = 8 * SECOND
/** The retry delay of a message that could not be read or recorded. */
const DATABASE_AWAY_MS = 10 * SECOND

/** Delivers the outcomes of sessions to panels, as Standard Webhooks. */
export function createPostbackActivities(deps: PostbackDependencies) {
  return {
    /**
     * One attempt to deliver one message; Temporal repeats it on the schedule. The webhook-id never changes, so that
     * the panel can recognise a repeat of an attempt whose record was lost. The recorded attempts decide the position
     * on the schedule, because Temporal's own count includes attempts while PostgreSQL was unavailable.
     */
    deliverPostback: (postbackId: string): Promise<void> =>
      patientWithDatabase(() => withHeartbeat(() => deliver(deps, postbackId))),
  }
}

/** Retries soon while PostgreSQL is unavailable, independent of the backoff for the panel's own failures. */
async function patientWithDatabase(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isDatabaseAway(error) && !(error instanceof DatabaseSilent)) throw error
    const nextRetryDelay = jittered(DATABASE_AWAY_MS)
    throw ApplicationFailure.create({
      message: 'PostgreSQL is unavailable; the message waits and keeps its position on the schedule',
      type: FAILURE_TYPES.databaseAway,
      nextRetryDelay,
    })
  }
}

class DatabaseSilent extends Error {}

/** Treats a server that hangs as unavailable; otherwise Temporal's timeouts and backoff would set the next attempt. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DatabaseSilent('no answer')), DATABASE_PATIENCE_MS)
  })
  try {
    return await Promise.race([work, silence])
  } finally {
    clearTimeout(timer)
  }
}

async function deliver(deps: PostbackDependencies, postbackId: string): Promise<void> {
  const postback = await inTime(findPostback(deps.knex, postbackId))
  if (postback === null || postback.state !== 'pending') return
  const endpoint = deps.endpoint(postback.panel)
  const startedAt = deps.clock()
  const answer = endpoint === null ? noEndpoint : await send(deps.http, endpoint, postback, startedAt)
  failpoint('postback.after_send')
  const attempt = postback.round_attempts + 1
  const waitMs = answer.delivered || answer.final ? null : nextWait(attempt, answer.retryAfterMs)
  const finishedAt = deps.clock()
  const record = { at: startedAt, durationMs: finishedAt.getTime() - startedAt.getTime(), ...answer }
  await inTime(
    recordAttempt(deps.knex, postbackId, record, {
      state: answer.delivered ? 'delivered' : waitMs === null ? 'dead' : 'pending',
      ownedUntil: new Date(finishedAt.getTime() + (waitMs ?? 0) + LEASE_MS),
    }),
  )
  failpoint('postback.after_record')
  if (answer.delivered) return
  const why = `${postback.panel} answered ${answer.status ?? answer.error}`
  if (waitMs === null) throw ApplicationFailure.nonRetryable(`dead letter: ${why}`, 'PostbackDead')
  throw ApplicationFailure.create({ message: why, type: 'PostbackNotDelivered', nextRetryDelay: waitMs })
}

interface Answer {
  readonly delivered: boolean
  /** True when a retry is pointless: 410 Gone, or no endpoint. */
  readonly final: boolean
  readonly status: number | null
  readonly error: string | null
  readonly bodyHead: string | null
  readonly retryAfterMs: number | null
}

const noEndpoint: Answer = {
  delivered: false,
  final: true,
  status: null,
  error: 'the panel has no postback configured',
  bodyHead: null,
  retryAfterMs: null,
}

async function send(
  http: Http,
  endpoint: { url: string; secret: string },
  postback: PostbackRow,
  now: Date,
): Promise<Answer> {
  const body = JSON.stringify(postback.payload)
  try {
    const response = await http.request({
      method: 'POST',
      url: endpoint.url,
      allowedHosts: [new URL(endpoint.url).host],
      timeoutMs: TIMEOUT_MS,
      maxBytes: 64 * 1024,
      headers: {
        'content-type': 'application/json',
        'webhook-id': postback.postback_id,
        'webhook-timestamp': String(Math.floor(now.getTime() / SECOND)),
        'webhook-signature': new Webhook(endpoint.secret).sign(postback.postback_id, now, body),
      },
      body,
    })
    const bodyHead = await response.text().then(
      // PostgreSQL stores no NUL, and an attempt that cannot be recorded would be repeated without end
      (text) => text.slice(0, BODY_HEAD_LENGTH).replaceAll('\0', '\u{fffd}'),
      () => null,
    )
    const delivered = response.status >= 200 && response.status < 300
    return {
      delivered,
      final: response.status === 410,
      status: response.status,
      error: delivered ? null : `HTTP ${response.status}`,
      bodyHead,
      retryAfterMs: retryAfter(response.headers['retry-after'], now),
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return {
      delivered: false,
      final: false,
      status: null,
      error: message.slice(0, 300),
      bodyHead: null,
      retryAfterMs: null,
    }
  }
}

/**
 * The wait before the next attempt with 20 % jitter, at least the panel's Retry-After; null after the last.
 * @param attempt of this round, from 1
 */
function nextWait(attempt: number, retryAfterMs: number | null): number | null {
  const scheduled = SCHEDULE_MS[attempt - 1]
  if (scheduled === undefined) return null
  return Math.max(jittered(scheduled), Math.min(retryAfterMs ?? 0, 24 * HOUR))
}

const jittered = (ms: number): number => Math.round(ms * (0.8 + Math.random() * 0.4))

function retryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - now.getTime()
  return Number.isFinite(ms) && ms > 0 ? ms : null
}
