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

/** Where it is kept that a sign-in was ended before its time, for every API process and over restarts. */
export interface SignOuts {
  record(signIn: string, endsAt: Date): Promise<void>
  has(signIn: string): Promise<boolean>
}

/**
 * The sign-in of operators' browsers: a cookie with the operator's id, its end and an id of its own, signed together with
 * the operator's key, so that a key which is changed or taken away ends it everywhere. What the operator may do is read
 * from the configuration each time. Only a sign-out is kept on the server: then the cookie is worth nothing any more,
 * whoever has a copy of it.
 */
export class OperatorSessions {
  readonly #operators: ReadonlyMap<string, OperatorConfig>

  /**
   * @param secret of this installation, 32 bytes
   * @param secure true where we are reached by https: the cookie then never travels in the clear
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

  /** Ends the sign-in of a request's cookie everywhere, and takes the cookie away. */
  async end(request: Request, response: Response): Promise<void> {
    const cookie = this.#read(request)
    if (cookie !== null) await this.signOuts.record(cookie.signIn, cookie.endsAt)
    response.clearCookie(COOKIE, this.#attributes())
  }

  /** Who a request's cookie proves; null = nobody, or no longer. */
  async find(request: Request): Promise<SignedIn | null> {
    const cookie = this.#read(request)
    if (cookie === null || (await this.signOuts.has(cookie.signIn))) return null
    return { operator: cookie.operator, formToken: cookie.formToken }
  }

  /** What a request's cookie says, when it is of ours and not over. */
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
