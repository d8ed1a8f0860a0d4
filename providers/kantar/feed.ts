import type { Call, Cursor, SupplyBatch, SupplyChange, Unreadable } from '../adapter.js'
import { isEmptyAnswer, opened } from '../kit/empty-answer.js'
import { splitJsonArray } from '../kit/json-array.js'
import { readUpdate } from './catalogue.js'
import { getSurveys } from './client.js'
import type { KantarConnection } from './config.js'

/** The most rows in a batch: one chunk of the caller's transaction. */
const BATCH = 500

/**
 * The whole page as batches (Kantar Gateway API, Retrieve Survey Updates). The gateway itself keeps the position, by
 * acknowledgements, so `from` only stops our own cursor from moving back. The receipt is the highest ack_id of the
 * page, including those of unreadable records: they are stored in quarantine, and the gateway does not send anything
 * below an acknowledgement again. An answer without content (204, no body, null) is a page without records.
 * @throws ProviderError; a page that is truncated or not a list is refused as a whole, and the caller must store no
 * part of it
 */
export async function* fetchSupply(
  call: Call<KantarConnection>,
  from: Cursor,
): AsyncGenerator<SupplyBatch, void, undefined> {
  let changes: SupplyChange[] = []
  let unreadable: Unreadable[] = []
  let highest: bigint | null = null
  for await (const raw of records(await getSurveys(call))) {
    if (changes.length + unreadable.length === BATCH) {
      yield { changes, unreadable }
      changes = []
      unreadable = []
    }
    const record = readUpdate(raw, call.config)
    if ('kind' in record) changes.push(record)
    else unreadable.push(record)
    const order = record.order === null ? null : BigInt(record.order)
    if (order !== null && (highest === null || order > highest)) highest = order
  }
  const next = later(from, highest)
  yield { changes, unreadable, next, ...(highest === null ? {} : { receipt: highest.toString() }) }
}

async function* records(answer: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { text, whole, body } = await opened(answer)
  if (!whole || !isEmptyAnswer(text)) yield* splitJsonArray(body)
}

/** The cursor never moves back, even when a gateway restarts its numbering. */
function later(from: Cursor, highest: bigint | null): Cursor {
  if (highest === null) return from
  const before = from !== null && /^\d{1,40}$/.test(from) ? BigInt(from) : null
  return before !== null && before > highest ? before.toString() : highest.toString()
}
