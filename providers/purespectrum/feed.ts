import type { Call, Cursor, FindHeld, HeldEdition, SupplyBatch, SupplyChange, Unreadable } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { kindOfStatus } from '../kit/status.js'
import { getSurvey, getSurveys, type PureSpectrumAnswer, saysFailure, unexpected } from './client.js'
import type { PureSpectrumConnection } from './config.js'
import { type ListedRow, readList } from './list.js'
import { editionOf, readSurvey } from './records.js'
import type { ListRow } from './wire.js'

type PureSpectrumCall = Call<PureSpectrumConnection>

/** Concurrent requests for surveys. */
const AT_ONCE = 8
/** Surveys of a batch: the caller receives what is read while other requests run. */
const BATCH = 96
/** The longest that a poll reads surveys, in milliseconds; the next poll reads the rest. */
const READING_MS = 40_000
/** The most surveys that may fail in one poll. With more of them the cause is not the surveys: the poll fails. */
const FAULTS = 5
/**
 * In the document's sample the quotas were modified after their survey: after this long an unchanged survey is read
 * again.
 */
const READ_AGAIN_MS = 15 * 60_000

/**
 * The account's live surveys as a snapshot: reads one list, then in full those surveys whose `mod_on` (or a figure of
 * the row) differs from what is stored. A survey that left the list is withdrawn; an unchanged one is only named. The
 * cursor is our own running number, the time of the read, so that a later reading always replaces an earlier one
 * regardless of their clock.
 * @throws ProviderError; a truncated or garbled list is refused as a whole, and the caller must store no part of it
 * (F9)
 */
export async function* fetchSupply(
  call: PureSpectrumCall,
  from: Cursor,
  held?: FindHeld,
): AsyncGenerator<SupplyBatch, void, undefined> {
  const order = nextOrder(from, call.now)
  const list = await readList(await getSurveys(call), order)
  if (list === null) {
    // an empty answer: nothing is withdrawn
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

/** Higher than every number before it, even when our clock was set back. */
function nextOrder(from: Cursor, now: Date): string {
  const before = from !== null && /^\d{1,40}$/.test(from) ? BigInt(from) : 0n
  const time = BigInt(now.getTime())
  return (time > before ? time : before + 1n).toString()
}

function isCurrent(row: ListRow, held: HeldEdition | undefined, order: string): boolean {
  if (held === undefined || held.version === '' || held.version !== editionOf(row)) return false
  return BigInt(order) - BigInt(held.order) < BigInt(READ_AGAIN_MS)
}

/** Requests surveys until the time is up, the server asks for a pause, or too many fail. */
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

  /** @returns the surveys of the wave that are on the list and could not be requested */
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
    // since the list was written it left the list or our account: a survey that is not on the page is withdrawn
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

  /**
   * Quarantines one unreadable survey, which is no longer offered and is requested again later. Throws if the server is
   * unavailable.
   */
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

  /** Keeps what was read; the rest waits for the next poll. Throws if nothing was read. */
  private pause(error: ProviderError, surveyId: string): string {
    if (this.size === 0 || kindOfStatus(error.evidence.status ?? 0) !== 'rate-limited') throw error
    this.paused = true
    this.notBefore = new Date(this.call.now.getTime() + (error.evidence.retryAfterMs ?? 0))
    return surveyId
  }

  /** The account's rate limit counts every request of a poll, not the poll as one. */
  private async keepPace(requests: number, began: number): Promise<void> {
    const rate = this.call.config.ratePerSecond
    if (rate === null) return
    const left = (requests * 1_000) / rate - (performance.now() - began)
    if (left > 0) await new Promise((done) => setTimeout(done, left))
  }
}
