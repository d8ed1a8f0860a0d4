import type { RequestHandler } from 'express'
import { z } from 'zod'
import { findQuarantined } from '../../db/read-models/quarantined-record.js'
import type { OperatorConfig } from '../../platform/config/schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { notFound } from '../http/problem.js'
import { redriveByPoller } from './poller-driver.js'
import type { RedriveAnswer } from './schemas.js'

/** `POST /v1/ops/quarantine/{id}/redrive`: reads a record again, after a fix of its adapter or mapping. */
export function redriveQuarantined(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const operator = response.locals.operator as OperatorConfig
    const answer: RedriveAnswer = await redrive(deps, operator, String(request.params.id))
    response.json(answer)
  }
}

/**
 * Reads a record again. A record that is still unreadable stays `open`, with its count increased by one; a record that
 * is healed or redriven stays as it is.
 * @throws Problem 404 when the record is not found, 503 when its poll loop cannot be reached
 */
export async function redrive(deps: ApiDependencies, operator: OperatorConfig, given: string): Promise<RedriveAnswer> {
  const id = z.uuid().safeParse(given)
  const before = id.success ? await findQuarantined(deps.knex, id.data) : null
  if (before === null) throw notFound('Record not found in quarantine')
  const { quarantineId, connection } = before
  if (before.state === 'open') {
    await redriveByPoller(deps.temporal, connection, quarantineId)
    deps.logger.info({ quarantineId, connection, operator: operator.id }, 'operator redrove a record')
  }
  const { state, reason, count } = (await findQuarantined(deps.knex, quarantineId)) ?? before
  return { id: quarantineId, connection, state, reason, count }
}
