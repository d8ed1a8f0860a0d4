import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, Response } from 'express'
import type { OperatorConfig } from '../../platform/config/schema.js'

const COOKIE = 'tributary_operator'
/** A working day. */
const LASTS_MS = 8 * 3_600_000

/** An operator in a browser. */
export interface SignedIn {
  readonly operator: OperatorConfig
  /** Every form carries it: another site, or another port of this host, cannot know it. */
  readonly formToken: string
}

/** Stores sign-ins that ended before they expired, for every API process and across restarts. */
export interface SignOuts {
  record(signIn: string, endsAt: Date): Promise<void>
  has(signIn: string): Promise<boolean>
}

/**
 * The sign-in of operators' browsers: a cookie with the operator's id, its expiry and its own id, signed together with
 * the operator's key, so that changing or removing the key ends the sign-in everywhere. The operator's roles are read
 * from the configuration each time. The server stores only sign-outs: after one, every copy of the cookie is invalid.
 */
export class OperatorSessions {
  readonly #operators: ReadonlyMap<string, OperatorConfig>

  /**
   * @param secret of this installation, 32 bytes
   * @param secure true where the API is reached by https: the browser then never sends the cookie unencrypted
   */
  constructor(
    private readonly secret: Buffer,
    operators: readonly OperatorConfig[],
    private readonly secure: boolean,
    private readonly clock: () => Date,
    private readonly signOuts: SignOuts,
  ) {
    this.#operators = new Map(operators.map((operator) => [operator.id, operator]))
  }

  begin(response: Response, operator: OperatorConfig): void {
    const ends = this.clock().getTime() + LASTS_MS
    const signIn = randomBytes(16).toString('base64url')
    const subject = `${Buffer.from(operator.id).toString('base64url')}.${ends}.${signIn}`
    const value = `${subject}.${this.#sign('session', subject, operator).toString('base64url')}`
    response.cookie(COOKIE, value, { ...this.#attributes(), maxAge: LASTS_MS })
  }

  /** Ends the sign-in of a request's cookie everywhere, and clears the cookie. */
  async end(request: Request, response: Response): Promise<void> {
    const cookie = this.#read(request)
    if (cookie !== null) await this.signOuts.record(cookie.signIn, cookie.endsAt)
    response.clearCookie(COOKIE, this.#attributes())
  }

  /** Returns the operator whom a request's cookie proves; null without a valid cookie. */
  async find(request: Request): Promise<SignedIn | null> {
    const cookie = this.#read(request)
    if (cookie === null || (await this.signOuts.has(cookie.signIn))) return null
    return { operator: cookie.operator, formToken: cookie.formToken }
  }

  /** Reads a request's cookie when we signed it and it has not expired. */
  #read(request: Request): (SignedIn & { readonly signIn: string; readonly endsAt: Date }) | null {
    const [id = '', ends = '', signIn = '', signature = '', ...more] = (cookieOf(request) ?? '').split('.')
    const operator = this.#operators.get(Buffer.from(id, 'base64url').toString())
    if (operator === undefined || more.length > 0 || !/^\d{1,15}$/.test(ends) || signIn === '') return null
    const subject = `${id}.${ends}.${signIn}`
    if (!isSame(Buffer.from(signature, 'base64url'), this.#sign('session', subject, operator))) return null
    const endsAt = new Date(Number(ends))
    if (endsAt.getTime() <= this.clock().getTime()) return null
    return { operator, formToken: this.#sign('form', subject, operator).toString('base64url'), signIn, endsAt }
  }

  #attributes() {
    return { httpOnly: true, sameSite: 'strict', secure: this.secure, path: '/' } as const
  }

  #sign(purpose: 'session' | 'form', subject: string, operator: OperatorConfig): Buffer {
    const key = createHash('sha256').update(operator.apiKey).digest('base64')
    return createHmac('sha256', this.secret).update(`${purpose}\n${subject}\n${key}`).digest()
  }
}

/** Compares in constant time. */
export const isSame = (given: Buffer, wanted: Buffer): boolean =>
  given.length === wanted.length && timingSafeEqual(given, wanted)

function cookieOf(request: Request): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (pair.slice(0, at).trim() === COOKIE) return pair.slice(at + 1).trim()
  }
  return null
}
