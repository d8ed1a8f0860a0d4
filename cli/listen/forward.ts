import { Webhook } from 'standardwebhooks'
import type { PostbackMessage } from '../../db/read-models/postback-messages.js'

/** The timeout of the regular delivery. */
const TIMEOUT_MS = 20_000

/** The result of a delivery: the answer's status, or why there is none. */
export type Forwarded =
  | { readonly kind: 'answered'; readonly status: number; readonly milliseconds: number }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'no_answer' }

/**
 * Posts a message as the regular delivery does: the same body and webhook-id, signed now with the panel's secret, so
 * the receiver can test its verification (docs/sessions.md, What you receive).
 * @param secret the panel's `whsec_…`
 * @param signal aborts the request
 */
export async function forward(
  message: PostbackMessage,
  { url, secret, signal }: { url: URL; secret: string; signal: AbortSignal },
): Promise<Forwarded> {
  const body = JSON.stringify(message.payload)
  const now = new Date()
  const started = performance.now()
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      headers: {
        'content-type': 'application/json',
        'webhook-id': message.postbackId,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(message.postbackId, now, body),
      },
      body,
    })
    await answer.body?.cancel()
    return { kind: 'answered', status: answer.status, milliseconds: Math.round(performance.now() - started) }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Error && error.name === 'TimeoutError') return { kind: 'no_answer' }
    return { kind: 'unreachable', reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return cause instanceof Error ? cause.message : String(cause)
}
