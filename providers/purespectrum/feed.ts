import type { Call, Cursor, FindHeld, HeldEdition, SupplyBatch, SupplyChange, Unreadable } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { kindOfStatus } from '../kit/status.js'
import { getSurvey, getSurveys, type PureSpectrumAnswer, saysFailure, unexpected } from './client.js'
import type { PureSpectrumConnection } from './config.js'
import { type ListedRow, readList } from './list.js'
import { editionOf, readSurvey } from './records.js'
import type { ListRow } from './wire.js'

type PureSpectrumCall = Call<PureSpectrumConnection>

/** Surveys that are asked for at once. */
const AT_ONCE = 8
/** Surveys of a batch: what is read goes to the caller while the rest is still asked for. */
const BATCH = 96
/** A poll goes on asking for so long, in milliseconds; the rest is left as it is until the next one. */
const READING_MS = 40_000
/** Surveys that may fail in one poll. More of them are no surveys' fault: the poll fails. */
const FAULTS = 5
/** In the document's sample the quotas were modified after their survey: after so long it is read again all the same. */
const READ_AGAIN_MS = 15 * 60_000

/**
 * The account's live surveys as a snapshot: one list, and of it those surveys in full which `mod_on` (or a figure of the
 * row) says are not what is held. What left the list is withdrawn; what is on it and unchanged is only named.
 * The cursor is our own running number, the time of the read, so that a later reading always replaces an earlier one
 * whatever their clock says.
 * @throws ProviderError; a list that is cut or garbled is refused whole, and nothing of it may be kept (F9)
 */
export async function* fetchSupply(
  call: PureSpectrumCall,
  from: Cursor,
  held?: FindHeld,
): AsyncGenerator<SupplyBatch, void, undefined> {
  const order = nextOrder(from, call.now)
  const list = await readList(await getSurveys(call), order)
  if (list === null) {
    // nothing was said about any survey: nothing is withdrawn
    yield { changes: [], unreadable: [], next: order }
    return
  }
  const { rows, unreadable } = list
  const editions = (await held?.(rows.map(({ row }) => row.survey_id))) ?? new Map<string, HeldEdition>()
  const current = ({ row }: ListedRow) => isCurrent(row, editions.get(row.survey_id), order)
  const changed = rows.filter((listed) => !current(listed))
  const reader = new SurveyReader(call, order, unreadable)
  const present = rows.filter(current).map(({ row }) => row.survey_id)
  for (let at = 0; at < changed.length; at += AT_ONCE) {
    const wave = changed.slice(at, at + AT_ONCE)
    if (reader.isOver) present.push(...wave.map(({ row }) => row.survey_id))
    else present.push(...(await reader.read(wave)))
    while (reader.size >= BATCH) yield reader.take()
  }
  while (reader.size >= BATCH) yield reader.take()
  yield {
    ...reader.take(),
    present,
    next: order,
    snapshot: true,
    ...(reader.notBefore === null ? {} : { notBefore: reader.notBefore }),
  }
}

/** Later than every number before it, also when our clock was set back. */
function nextOrder(from: Cursor, now: Date): string {
  const before = from !== null && /^\d{1,40}$/.test(from) ? BigInt(from) : 0n
  const time = BigInt(now.getTime())
  return (time > before ? time : before + 1n).toString()
}

function isCurrent(row: ListRow, held: HeldEdition | undefined, order: string): boolean {
  if (held === undefined || held.version === '' || held.version !== editionOf(row)) return false
  return BigInt(order) - BigInt(held.order) < BigInt(READ_AGAIN_MS)
}

/** Asks for surveys until their time is up, their server asks for a pause, or too many fail. */
class SurveyReader {
  private changes: SupplyChange[] = []
  private faults = 0
  private readonly started = performance.now()
  private paused = false
  notBefore: Date | null = null

  constructor(
    private readonly call: PureSpectrumCall,
    private readonly order: string,
    private readonly unreadable: Unreadable[],
  ) {}

  get size(): number {
    return this.changes.length + this.unreadable.length
  }

  get isOver(): boolean {
    return this.paused || performance.now() - this.started > READING_MS
  }

  /** @returns the surveys of the wave that are there and could not be asked for */
  async read(wave: readonly ListedRow[]): Promise<string[]> {
    const began = performance.now()
    const records = await Promise.all(wave.map((listed) => this.readOne(listed)))
    await this.keepPace(wave.length, began)
    return records.flatMap((left) => (left === null ? [] : [left]))
  }

  take(): { changes: SupplyChange[]; unreadable: Unreadable[] } {
    const { changes } = this
    this.changes = []
    return { changes, unreadable: this.unreadable.splice(0, BATCH) }
  }

  private async readOne(listed: ListedRow): Promise<string | null> {
    const { row } = listed
    const surveyId = row.survey_id
    let answer: PureSpectrumAnswer
    try {
      answer = await getSurvey(this.call, surveyId)
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind === 'rejected') throw error
      return this.fault(listed, error)
    }
    // gone, or not ours any more, since the list was written: what is not on the page is withdrawn
    if (answer.status === 404 || answer.status === 410 || answer.status === 403) return null
    const failure = unexpected(answer, `GET /suppliers/v2/surveys/${surveyId}`)
    if (answer.status === 429) return this.pause(failure, surveyId)
    if (answer.status === 401) throw failure
    if (answer.status !== 200) return this.fault(listed, failure)
    if (saysFailure(answer))
      return this.fault(listed, unexpected(answer, `GET /suppliers/v2/surveys/${surveyId} says failure and`))
    const record = readSurvey(answer.raw, { surveyId, order: this.order, row }, this.call.config)
    if ('kind' in record) this.changes.push(record)
    else this.unreadable.push(record)
    return null
  }

  /** One survey that cannot be had is put aside, off the offer, and asked for again; its server being away is another thing. */
  private fault({ row, raw }: ListedRow, error: ProviderError): null {
    this.faults += 1
    if (this.faults > FAULTS) throw error
    this.unreadable.push({
      providerSurveyId: row.survey_id,
      order: this.order,
      reason: error.message,
      raw,
    })
    return null
  }

  /** What was read is kept and the rest waits; with nothing read there is nothing to keep. */
  private pause(error: ProviderError, surveyId: string): string {
    if (this.size === 0 || kindOfStatus(error.evidence.status ?? 0) !== 'rate-limited') throw error
    this.paused = true
    this.notBefore = new Date(this.call.now.getTime() + (error.evidence.retryAfterMs ?? 0))
    return surveyId
  }

  /** The account's rate counts every request of a poll, not only the poll. */
  private async keepPace(requests: number, began: number): Promise<void> {
    const rate = this.call.config.ratePerSecond
    if (rate === null) return
    const left = (requests * 1_000) / rate - (performance.now() - began)
    if (left > 0) await new Promise((done) => setTimeout(done, left))
  }
}
