import type { Unreadable } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { isEmptyAnswer } from '../kit/empty-answer.js'
import { parseExactJsonBytes } from '../kit/json.js'
import { splitObjectList } from '../kit/json-object-list.js'
import { firstIssue } from '../kit/unreadable.js'
import { PureSpectrumAnswer, saysFailure, unexpected } from './client.js'
import { rescued } from './records.js'
import { type ListRow, listEnvelope, listRow } from './wire.js'

const WHAT = 'GET /suppliers/v2/surveys'

/** The largest empty answer, in bytes: a few characters and blanks. */
const BLANK_BYTES = 512

/** A readable row, with its bytes as received. */
export interface ListedRow {
  readonly row: ListRow
  readonly raw: Uint8Array
}

/**
 * Reads the list row by row: one that is not JSON, names a member twice or nests without end is quarantined with its
 * bytes and does not affect the others. An empty list is a success, with a message and maybe no list.
 * @param order the running number of this reading, for quarantined rows
 * @returns null for an empty answer (204, no body, null, `[]`): no list, not even an empty one
 * @throws ProviderError 'misread' when it is not a list or is truncated (F9), 'unavailable' when it reports failure,
 * and by its status when that is not 200
 */
export async function readList(
  answer: PureSpectrumAnswer,
  order: string,
): Promise<{ rows: ListedRow[]; unreadable: Unreadable[] } | null> {
  if (answer.status === 204) return null
  if (answer.status !== 200) throw unexpected(answer, WHAT)
  if (answer.raw.length < BLANK_BYTES && isEmptyAnswer(Buffer.from(answer.raw).toString('utf8'))) return null
  const rows: ListedRow[] = []
  const unreadable: Unreadable[] = []
  const { elements, envelope } = await splitAnswer(answer)
  if (saysFailure(envelope)) throw unexpected(envelope, `${WHAT} says failure and`, 'unavailable')
  const read = listEnvelope.safeParse(envelope.value)
  if (!read.success) throw unexpected(envelope, `${WHAT}: no list of surveys`, 'misread')
  const { apiStatus, surveys } = read.data
  if (!surveys && !apiStatus) throw unexpected(envelope, `${WHAT}: neither a list of surveys nor a success`, 'misread')
  for (const raw of elements) {
    const row = readRow(raw)
    if ('fault' in row) unreadable.push({ providerSurveyId: row.surveyId, order, reason: row.fault, raw })
    else rows.push({ row, raw })
  }
  return { rows, unreadable }
}

/** The rows' bytes, and the JSON around them as an answer of its own: the whole of it if there is no list. */
async function splitAnswer(
  answer: PureSpectrumAnswer,
): Promise<{ elements: Uint8Array[]; envelope: PureSpectrumAnswer }> {
  const elements: Uint8Array[] = []
  let envelope = answer
  try {
    for await (const part of splitObjectList(whole(answer.raw), 'surveys')) {
      if (part.kind === 'element') elements.push(part.raw)
      else envelope = new PureSpectrumAnswer(answer.status, Buffer.from(part.text), answer.evidence)
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    // an answer without rows may have no list; the shape of the envelope decides
    if (elements.length > 0) throw new ProviderError('misread', `${WHAT}: ${error.message}`, answer.evidence)
  }
  return { elements, envelope }
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function readRow(raw: Uint8Array): ListRow | { readonly fault: string; readonly surveyId: string | null } {
  let given: unknown
  try {
    given = parseExactJsonBytes(raw)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable'
    return { fault: `in the list: not JSON: ${why}`, surveyId: rescued(raw) }
  }
  const row = listRow.safeParse(given)
  return row.success ? row.data : { fault: `in the list: ${firstIssue(row.error)}`, surveyId: null }
}
