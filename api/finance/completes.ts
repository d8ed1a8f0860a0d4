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

/** The columns of Contract §6, in this order. */
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
 * session's locked price, also after a reversal; only the lines with `payable` true are owed.
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
    // read the first page before sending the status: with PostgreSQL away the answer is 503, not a short file
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
      // cut the connection, so that the client sees a failure and not a file that looks complete
      deps.logger.warn({ err: error }, 'completes.csv was cut short')
    }
  }
}

/** Returns the cells of a session's line, in the order of the columns. */
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
