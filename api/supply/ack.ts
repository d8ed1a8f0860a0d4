import type { RequestHandler } from 'express'
import { acknowledgeFeed } from '../../commands/supply/acknowledge-feed.js'
import { wireFaults } from '../demand/wire-faults.js'
import type { ApiDependencies } from '../dependencies.js'
import { supplierOf } from '../http/gateway-auth.js'
import { fault, GatewayValidationError } from '../http/gateway-errors.js'
import { AckRequest } from './schemas.js'

/**
 * POST /surveys/ack (Kantar Gateway API, Confirm Receipt): the next poll begins behind this id. A lower one than before
 * is harmless; one that this panel was never given is refused, for what it skips would never be seen.
 */
export function acknowledge(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const read = AckRequest.safeParse(request.body)
    if (!read.success) throw new GatewayValidationError(wireFaults(read.error, request.body))
    const became = await acknowledgeFeed(deps.knex, supplierOf(response).id, read.data.ack_id)
    if (became === 'unknown') {
      throw fault(
        'exists',
        'ack_id',
        'was never given to this panel: send the highest ack_id of what you have processed',
      )
    }
    response.status(204).end()
  }
}
