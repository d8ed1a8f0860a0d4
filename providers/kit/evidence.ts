import { retryAfterMs } from '../../domain/retry-after.js'
import type { ProviderEvidence } from '../errors.js'
import type { HttpResponse } from '../http.js'

/** Characters of an answer that an operator is shown. */
const HEAD_CHARACTERS = 300

/**
 * Where we called and what came back, as far as an operator needs it.
 * @param url without a secret in it
 * @param bodyHead what `headOf` left of the body; absent where a body could name a respondent
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
 * The beginning of a body that a provider answered with, without our key: at most 300 characters.
 * @param body of which no more is looked at than could show a key that is cut in two
 */
export function headOf(body: string | Uint8Array, secret: string): string {
  const text =
    typeof body === 'string'
      ? body.slice(0, HEAD_CHARACTERS + secret.length)
      : Buffer.from(body.subarray(0, 4 * (HEAD_CHARACTERS + secret.length))).toString('utf8')
  return text.replaceAll(secret, '••••').slice(0, HEAD_CHARACTERS)
}

/** As `headOf`, of a body that streams in: read no further than needed. */
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
