import type { RequestHandler } from 'express'
import { acknowledgeFeed } from '../../commands/supply/acknowledge-feed.js'
import { wireFaults } from '../demand/wire-faults.js'
import type { ApiDependencies } from '../dependencies.js'
import { supplierOf } from '../http/gateway-auth.js'
import { fault, GatewayValidationError } from '../http/gateway-errors.js'
import { AckRequest } from './schemas.js'

/**
 * POST /surveys/ack (Kantar Gateway API, Confirm Receipt): the next poll starts after this id. A lower id than before
 * is harmless. Refuses an id that was never sent to this panel, because the panel would never see what it skips.
 */
export function acknowledge(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const read = AckRequest.safeParse(request.body)
    if (!read.success) throw new GatewayValidationError(wireFaults(read.error, request.body))
    const became = await acknowledgeFeed(deps.knex, supplierOf(response).id, read.data.ack_id)
    if (became === 'unknown') {
      throw fault('exists', 'ack_id', 'was never sent to this panel: send the highest ack_id that you have processed')
    }
    response.status(204).end()
  }
}
