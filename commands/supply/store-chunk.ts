import type { Knex } from '../../db/connect.js'
import type { OfferedSurvey, Writer } from '../../db/stores/offered-survey.js'
import type { UnreadableRecord } from '../../db/stores/quarantine-store.js'
import { type UpsertCounts, upsertSurveys } from './upsert-surveys.js'

export interface StoredChunk extends UpsertCounts {
  /** Records that PostgreSQL cannot store (a NUL character, a number out of range): for the quarantine. */
  readonly refused: readonly UnreadableRecord[]
}

/**
 * Like `upsertSurveys`, but one record that PostgreSQL refuses does not fail the page: halves the chunk until the bad
 * record is alone.
 */
export async function storeChunk(trx: Knex, writer: Writer, offered: readonly OfferedSurvey[]): Promise<StoredChunk> {
  if (offered.length === 0) return { stored: 0, unchanged: 0, stale: 0, refused: [] }
  try {
    const counts = await trx.transaction((savepoint) => upsertSurveys(savepoint, writer, offered))
    return { ...counts, refused: [] }
  } catch (error) {
    if (!isDataFault(error)) throw error
    const [only] = offered
    if (offered.length === 1 && only !== undefined) {
      return { stored: 0, unchanged: 0, stale: 0, refused: [asUnreadable(only, error)] }
    }
  }
  const middle = Math.ceil(offered.length / 2)
  const left = await storeChunk(trx, writer, offered.slice(0, middle))
  const right = await storeChunk(trx, writer, offered.slice(middle))
  return {
    stored: left.stored + right.stored,
    unchanged: left.unchanged + right.unchanged,
    stale: left.stale + right.stale,
    refused: [...left.refused, ...right.refused],
  }
}

/** SQLSTATE class 22 (data exception) and the checks of one row: the record's fault, not the server's. */
function isDataFault(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && (code.startsWith('22') || code === '23514' || code === '23502')
}

function asUnreadable({ survey, order, raw }: OfferedSurvey, error: Error): UnreadableRecord {
  const said = error.message.slice(error.message.lastIndexOf(' - ') + 3)
  return { providerSurveyId: survey.providerSurveyId, order, reason: `the database cannot store it: ${said}`, raw }
}
