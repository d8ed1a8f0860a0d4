import { retryAfterMs } from '../../domain/retry-after.js'
import type { ProviderEvidence } from '../errors.js'
import type { HttpResponse } from '../http.js'

/** The most characters of an answer that an operator sees. */
const HEAD_CHARACTERS = 300

/**
 * The URL that was called and the answer, as far as an operator needs it.
 * @param url without a secret in it
 * @param bodyHead the result of `headOf`; absent if a body could name a respondent
 */
export function evidenceOf(url: string, response: HttpResponse, now: Date, bodyHead?: string): ProviderEvidence {
  const wait = retryAfterMs(response.headers['retry-after'], now)
  return {
    url,
    status: response.status,
    ...(bodyHead === undefined ? {} : { bodyHead }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  }
}

/**
 * The beginning of a provider's body without our key: at most 300 characters.
 * @param body read only far enough to find a key that the cut would split
 */
export function headOf(body: string | Uint8Array, secret: string): string {
  const text =
    typeof body === 'string'
      ? body.slice(0, HEAD_CHARACTERS + secret.length)
      : Buffer.from(body.subarray(0, 4 * (HEAD_CHARACTERS + secret.length))).toString('utf8')
  return text.replaceAll(secret, '••••').slice(0, HEAD_CHARACTERS)
}

/** As `headOf`, for a body that streams in: read no further than needed. */
export async function headOfStream(body: AsyncIterable<Uint8Array>, secret: string): Promise<string> {
  let text = ''
  try {
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString('utf8')
      if (text.length >= HEAD_CHARACTERS + secret.length) break
    }
  } catch {
    // the status says enough; a body that breaks off adds nothing
  }
  return headOf(text, secret)
}
