import type { RequestHandler } from 'express'
import { listQuarantine } from '../../db/read-models/quarantine-list.js'
import type { ApiDependencies } from '../dependencies.js'
import { parse } from '../http/validate.js'
import { cursorOf } from '../panel/paging.js'
import { type QuarantineAnswer, QuarantineQuery } from './schemas.js'

const RAW_LIMIT_BYTES = 64 * 1024

/** `GET /v1/ops/quarantine`: records that could not be read, with their bytes. */
export function quarantineList(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const query = parse(QuarantineQuery, request.query)
    const filter = { connection: query.connection ?? null, state: query.state ?? null }
    const { rows, next } = await listQuarantine(deps.knex, filter, query.cursor ?? null, query.limit, RAW_LIMIT_BYTES)
    const answer: QuarantineAnswer = {
      quarantine: rows.map((record) => {
        const truncated = record.rawBytes > RAW_LIMIT_BYTES
        return {
          id: record.quarantineId,
          connection: record.connection,
          provider_survey_id: record.providerSurveyId,
          reason: record.reason,
          ...shown(record.raw, truncated),
          raw_truncated: truncated,
          first_seen_at: record.firstSeenAt.toISOString(),
          last_seen_at: record.lastSeenAt.toISOString(),
          count: record.count,
          state: record.state,
        }
      }),
      next_cursor: cursorOf(next),
    }
    response.json(answer)
  }
}

/** Shows UTF-8 bytes as text. A truncated record may end within a character, whose bytes are then dropped. */
export function shown(raw: Uint8Array, cut: boolean): { raw: string; raw_encoding: 'utf-8' | 'base64' } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw, { stream: cut })
    return { raw: text, raw_encoding: 'utf-8' }
  } catch {
    return { raw: Buffer.from(raw).toString('base64'), raw_encoding: 'base64' }
  }
}
