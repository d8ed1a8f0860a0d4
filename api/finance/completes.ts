import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RequestHandler } from 'express'
import { readCompletes } from '../../db/read-models/completes.js'
import { priceOf, type SessionRow } from '../../db/rows/session-row.js'
import { formatAmount } from '../../domain/money.js'
import type { ApiDependencies } from '../dependencies.js'
import { parse } from '../http/validate.js'
import { type Cell, csvLines, textCell } from './csv.js'
import { CompletesQuery } from './schemas.js'

/** Contract §6, in this order. */
export const COMPLETES_COLUMNS = [
  'session_id',
  'connection',
  'provider',
  'provider_survey_id',
  'provider_session_id',
  'panel',
  'panelist_id',
  'outcome',
  'grade',
  'payable',
  'provisional',
  'reversed',
  'completed_at',
  'amount_minor',
  'amount',
  'currency',
] as const

const ROWS_AT_A_TIME = 1_000

/**
 * `GET /v1/finance/completes.csv`: one line for every session whose outcome is or was COMPLETED. The amount is the
 * session's locked price whatever became of it; what is owed are the lines with `payable` true.
 */
export function completesCsv(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const query = parse(CompletesQuery, request.query)
    const pages = readCompletes(
      deps.knex,
      {
        from: query.from ?? null,
        to: query.to ?? null,
        connection: query.connection ?? null,
        panel: query.panel ?? null,
      },
      ROWS_AT_A_TIME,
    )
    // the first page before the status: with PostgreSQL away this is a 503, not a short file
    const first = await pages.next()
    response.status(200).type('text/csv; charset=utf-8')
    response.setHeader('Content-Disposition', 'attachment; filename="completes.csv"')
    response.setHeader('Cache-Control', 'no-store')
    const lines = async function* () {
      yield csvLines([COMPLETES_COLUMNS])
      if (!first.done && first.value.length > 0) yield csvLines(first.value.map(completesLine))
      for await (const page of pages) yield csvLines(page.map(completesLine))
    }
    try {
      await pipeline(Readable.from(lines()), response)
    } catch (error) {
      // the connection is cut: whoever downloads sees a failure, never a file that only looks whole
      deps.logger.warn({ err: error }, 'completes.csv was cut short')
    }
  }
}

/** The cells of a session's line, in the order of the columns. */
export function completesLine(row: SessionRow): Cell[] {
  const price = priceOf(row)
  return [
    row.session_id,
    textCell(row.connection),
    textCell(row.provider),
    textCell(row.provider_survey_id),
    textCell(row.provider_session_id),
    textCell(row.panel),
    textCell(row.panelist_id),
    row.outcome,
    row.grade,
    row.payable,
    row.provisional,
    row.reversed,
    row.completed_at?.toISOString() ?? null,
    price?.amountMinor ?? null,
    price === null ? null : formatAmount(price),
    price?.currency ?? null,
  ]
}
