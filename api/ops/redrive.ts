import type { RequestHandler } from 'express'
import { z } from 'zod'
import { findQuarantined } from '../../db/stores/quarantine-store.js'
import type { OperatorConfig } from '../../platform/config/schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { notFound } from '../http/problem.js'
import { redriveByPoller } from './poller-driver.js'
import type { RedriveAnswer } from './schemas.js'

/**
 * `POST /v1/ops/quarantine/{id}/redrive`: reads a record again, after its adapter or mapping was mended. One that is
 * still broken stays `open` with one more in its count; one that was healed or redriven already is left alone.
 */
export function redriveQuarantined(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const operator = response.locals.operator as OperatorConfig
    const id = z.uuid().safeParse(request.params.id)
    const before = id.success ? await findQuarantined(deps.knex, id.data) : null
    if (before === null) throw notFound('There is no such record in quarantine')
    const { quarantineId, connection } = before
    if (before.state === 'open') {
      await redriveByPoller(deps.temporal, connection, quarantineId)
      deps.logger.info({ quarantineId, connection, operator: operator.id }, 'operator redrove a record')
    }
    const { state, reason, count } = (await findQuarantined(deps.knex, quarantineId)) ?? before
    const answer: RedriveAnswer = { id: quarantineId, connection, state, reason, count }
    response.json(answer)
  }
}
