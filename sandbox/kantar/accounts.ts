import type { RequestHandler, Response } from 'express'
import { unauthorized } from './errors.js'

/** A supplier at the simulated gateway: its key, and where its outcomes go. */
export interface AccountOptions {
  apiKey: string
  /** The {panelId} in this supplier's session URLs. */
  panelId: string
  /**
   * The supplier's own name for this connection: the last part of its arrival routes, see `returnUrl` and
   * `postbackUrl`.
   */
  connection: string
  /** Where browsers go at the end [<Tributary>/returns/<connection>]. */
  returnUrl?: string
  /** Where outcomes are posted [<Tributary>/postbacks/<connection>]. */
  postbackUrl?: string
}

/** A supplier and the highest update that it acknowledged. */
export interface Account extends AccountOptions {
  cursor: number
}

/**
 * Finds the supplier by `x-api-key` or `Authorization` (bare or Bearer); answers 401 in the document's words otherwise.
 */
export function authenticate(accounts: readonly Account[]): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-api-key') ?? request.get('authorization')?.replace(/^Bearer\s+/i, '')
    const account = accounts.find(({ apiKey }) => apiKey === given)
    if (!account) return void response.status(401).json(unauthorized())
    response.locals.account = account
    next()
  }
}

/** The supplier whose request this is; only behind `authenticate`. */
export function accountOf(response: Response): Account {
  return response.locals.account as Account
}
