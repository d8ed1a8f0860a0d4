import express, { Router } from 'express'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import type { Clock } from '../clock.js'
import type { Journal } from '../journal.js'

/** A postback that the demo panel received from Tributary. */
export interface ReceivedHook {
  webhookId: string
  /** The times of receipt: more than one when a delivery was repeated. */
  receivedAt: string[]
  type: string
  sessionId: string
  body: unknown
}

/** The demo panel's postback endpoint and the postbacks received. */
export interface HookInbox {
  router: Router
  /** The postbacks about a session, the first received first. */
  forSession(sessionId: string): ReceivedHook[]
}

const Body = z.object({ type: z.string(), data: z.looseObject({ session_id: z.string(), aud: z.string().optional() }) })
/** The most postbacks to keep; drops those of older sessions beyond it. */
const MOST_KEPT = 5_000

/**
 * Takes postbacks at `POST /hooks` as Standard Webhooks require: signature over the raw body, one effect per
 * webhook-id.
 * @param panelId the panel that they must be for, in `data.aud`: a receiver may serve several panels
 */
export function createHookInbox(panelId: string, secret: string, clock: Clock, journal: Journal): HookInbox {
  const verifier = new Webhook(secret)
  const byId = new Map<string, ReceivedHook>()
  const router = Router()

  router.post('/hooks', express.raw({ type: () => true, limit: '100kb' }), (request, response) => {
    const raw = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
    const headers = {
      'webhook-id': request.get('webhook-id') ?? '',
      'webhook-timestamp': request.get('webhook-timestamp') ?? '',
      'webhook-signature': request.get('webhook-signature') ?? '',
    }
    const refuse = (reason: string) => {
      journal.record('demo.hook_refused', { webhook_id: headers['webhook-id'], reason })
      response.status(400).json({ message: reason })
    }
    let verified: unknown
    try {
      verified = verifier.verify(raw, headers)
    } catch (error) {
      return refuse(error instanceof Error ? error.message : 'the signature does not match')
    }
    const body = Body.safeParse(verified)
    if (!body.success) return refuse('the body is not a session event')
    if (body.data.data.aud !== undefined && body.data.data.aud !== panelId) return refuse('it is for another panel')

    const webhookId = headers['webhook-id']
    const { type, data } = body.data
    const known = byId.get(webhookId)
    const receivedAt = [...(known?.receivedAt ?? []), clock.now().toISOString()]
    byId.set(webhookId, { webhookId, receivedAt, type, sessionId: data.session_id, body: verified })
    for (const oldest of byId.keys()) {
      if (byId.size <= MOST_KEPT) break
      byId.delete(oldest)
    }
    journal.record('demo.hook', { webhook_id: webhookId, type, ...data, times: receivedAt.length })
    response.status(204).end()
  })

  return {
    router,
    forSession: (sessionId) => [...byId.values()].filter((hook) => hook.sessionId === sessionId),
  }
}
