import { createHmac, timingSafeEqual } from 'node:crypto'

/** Characters of a survey id before the keyed hash: `sv_` and its own hash. */
const MARK_BYTES = 24
const MARK_LENGTH = 32
const TOKEN = /^[A-Za-z0-9_-]{1,200}$/

/**
 * Issues the token at the end of a `survey_session_creation_url` (Kantar Gateway API, Supply API): the survey id and a
 * keyed hash of panel and survey. Nothing is stored: a panel gets the same token for a survey at every poll, can only
 * use tokens issued to it, and cannot make one without the installation's secret.
 * @param secret at least 32 bytes, the same for every API process
 * @param panel the panel's id as configuration spells it
 */
export function issueSessionToken(secret: Buffer, panel: string, surveyId: string): string {
  return `${surveyId}${mark(secret, panel, surveyId)}`
}

/**
 * Reads a token.
 * @returns the survey; null when the token is unreadable, or was made for another panel
 */
export function readSessionToken(secret: Buffer, panel: string, token: string): string | null {
  if (!TOKEN.test(token) || token.length <= MARK_LENGTH) return null
  const surveyId = token.slice(0, -MARK_LENGTH)
  const expected = Buffer.from(mark(secret, panel, surveyId))
  return timingSafeEqual(expected, Buffer.from(token.slice(-MARK_LENGTH))) ? surveyId : null
}

function mark(secret: Buffer, panel: string, surveyId: string): string {
  return createHmac('sha256', secret)
    .update(`feed\0${panel}\0${surveyId}`)
    .digest()
    .subarray(0, MARK_BYTES)
    .toString('base64url')
}

/** The tokens of one installation, as the routes use them. */
export class SessionTokens {
  /** @param secret at least 32 bytes, the same for every API process */
  constructor(private readonly secret: Buffer) {}

  issue(panel: string, surveyId: string): string {
    return issueSessionToken(this.secret, panel, surveyId)
  }

  /** @returns the survey; null when the token is unreadable or another panel's */
  read(panel: string, token: string): string | null {
    return readSessionToken(this.secret, panel, token)
  }
}
