import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
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

/**
 * The sign-in of operators' browsers: a cookie with the operator's id and its end, signed together with their key, so
 * that a key which is changed or taken away ends it everywhere. Nothing is kept on the server.
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
  ) {
    this.#operators = new Map(operators.map((operator) => [operator.id, operator]))
  }

  begin(response: Response, operator: OperatorConfig): void {
    const ends = this.clock().getTime() + LASTS_MS
    const subject = `${Buffer.from(operator.id).toString('base64url')}.${ends}`
    const value = `${subject}.${this.#sign('session', subject, operator).toString('base64url')}`
    response.cookie(COOKIE, value, { ...this.#attributes(), maxAge: LASTS_MS })
  }

  end(response: Response): void {
    response.clearCookie(COOKIE, this.#attributes())
  }

  /** Who a request's cookie proves; null = nobody, or no longer. */
  find(request: Request): SignedIn | null {
    const [id = '', ends = '', signature = '', ...more] = (cookieOf(request) ?? '').split('.')
    const operator = this.#operators.get(Buffer.from(id, 'base64url').toString())
    if (operator === undefined || more.length > 0 || !/^\d{1,15}$/.test(ends)) return null
    const subject = `${id}.${ends}`
    if (!isSame(Buffer.from(signature, 'base64url'), this.#sign('session', subject, operator))) return null
    if (Number(ends) <= this.clock().getTime()) return null
    return { operator, formToken: this.#sign('form', subject, operator).toString('base64url') }
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
