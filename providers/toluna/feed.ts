import type { Call, Cursor, SupplyBatch, SupplyChange, Unreadable } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { isEmptyAnswer, opened } from '../kit/empty-answer.js'
import { parseExactJson } from '../kit/json.js'
import { splitObjectList } from '../kit/json-object-list.js'
import { readSurvey } from './catalogue.js'
import { getQuotas, resultFailure } from './client.js'
import type { TolunaConnection } from './config.js'
import { nextPoll } from './stamps.js'
import { envelope, foldKeys } from './wire.js'

/** Rows a batch at most: one chunk of the caller's transaction. */
const BATCH = 500
/** After a list of at least this many surveys, one of less than a third of it is doubted. */
const WORTH_DOUBTING = 6

/**
 * The whole list as batches (Toluna External Sample, Get Quotas): a survey that is absent from it is withdrawn. Only
 * the list says so; therefore an empty or suddenly tiny list is applied only when the next one confirms it.
 * @throws ProviderError; a truncated list is refused as a whole (F9)
 */
export async function* fetchSupply(
  call: Call<TolunaConnection>,
  from: Cursor,
): AsyncGenerator<SupplyBatch, void, undefined> {
  let changes: SupplyChange[] = []
  let unreadable: Unreadable[] = []
  let received = 0
  let rest = ''
  const { text, whole, body } = await opened(await getQuotas(call))
  if (whole && listsNothing(text)) {
    yield { changes, unreadable, next: from, notBefore: nextPoll(null, call.now, call.config) }
    return
  }
  try {
    for await (const part of splitObjectList(body, 'Surveys')) {
      if (part.kind === 'envelope') {
        rest = part.text
        continue
      }
      if (changes.length + unreadable.length === BATCH) {
        yield { changes, unreadable }
        changes = []
        unreadable = []
      }
      const record = readSurvey(part.raw, call.config)
      if ('kind' in record) changes.push(record)
      else unreadable.push(record)
      received += 1
    }
  } catch (error) {
    const isMisread = error instanceof ProviderError && error.kind === 'misread'
    // a refusal may come with status 200
    const said = isMisread && received === 0 ? resultFailure('GET Quotas', text, { status: 200 }) : null
    throw said ?? error
  }
  const { cacheexpires } = readEnvelope(rest)
  const { cursor, believed } = judge(from, received)
  yield {
    changes,
    unreadable,
    next: cursor,
    notBefore: nextPoll(cacheexpires, call.now, call.config),
    snapshot: believed,
  }
}

/**
 * True for an answer that lists nothing and is not a list either: no body (204), null, `[]`, `{"Surveys": null}`. It
 * says nothing about any survey, so nothing is withdrawn; `{"Surveys": []}` is the list without surveys.
 */
function listsNothing(text: string): boolean {
  if (isEmptyAnswer(text)) return true
  try {
    const folded = foldKeys(parseExactJson(text))
    return typeof folded === 'object' && folded !== null && 'surveys' in folded && folded.surveys === null
  } catch {
    return false
  }
}

function readEnvelope(text: string): { cacheexpires?: string | null | undefined } {
  try {
    const read = envelope.safeParse(foldKeys(parseExactJson(text)))
    if (read.success) return read.data
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error
  }
  throw new ProviderError('misread', 'the JSON around the list of surveys is not an object: the answer is truncated')
}

/** The length of the last list that was applied, and whether the one after it was doubted. */
interface Trust {
  readonly surveys: number
  readonly doubted: boolean
}

/** Whether to withdraw absent surveys, and what to remember for the next list. */
function judge(from: Cursor, received: number): { cursor: string; believed: boolean } {
  const before = readTrust(from)
  const empty = received === 0 && before.surveys > 0
  const tiny = before.surveys >= WORTH_DOUBTING && received * 3 < before.surveys
  if ((empty || tiny) && !before.doubted) {
    return { cursor: JSON.stringify({ surveys: before.surveys, doubted: true } satisfies Trust), believed: false }
  }
  return { cursor: JSON.stringify({ surveys: received, doubted: false } satisfies Trust), believed: true }
}

function readTrust(from: Cursor): Trust {
  try {
    const read: unknown = from === null ? null : JSON.parse(from)
    if (typeof read === 'object' && read !== null && 'surveys' in read && 'doubted' in read) {
      return { surveys: Number(read.surveys) || 0, doubted: read.doubted === true }
    }
  } catch {
    // not a cursor of ours: begin anew
  }
  return { surveys: 0, doubted: false }
}
