import { createHash } from 'node:crypto'
import type { Survey, SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { surveyIdOf } from '../survey-id.js'
import type { OfferedSurvey, Writer } from './offered-survey.js'
import { decide, type Held } from './supply-decision.js'
import { logSupply, type SupplyLogEntry } from './supply-log.js'
import { type SurveyJson, surveyFromJson, surveyToJson } from './survey-json.js'
import { type SurveyWrite, writeSurveys } from './survey-rows.js'

export interface WithdrawnSurvey {
  readonly providerSurveyId: string
  readonly order: string
}

/** What became of what was received. */
export interface UpsertCounts {
  /** Written with new content: will be stamped and matched. */
  readonly stored: number
  /** Seen again, or newer with the same content. */
  readonly unchanged: number
  /** Older than what is held. */
  readonly stale: number
}

/** A stored survey. */
export interface SurveyRecord {
  readonly surveyId: string
  readonly connection: string
  readonly provider: string
  readonly providerSurveyId: string
  readonly status: SurveyStatus
  readonly survey: Survey
  readonly sourceOrder: string
  readonly sourceVersion: string
  readonly revision: string | null
}

/**
 * Stores one chunk of offered surveys (500 at most is a good size) in the caller's transaction. Only a newer edition
 * than the held one is written; one that is held already writes nothing at all. Written rows are dirty until the
 * stamper gives them a revision, and the quarantine's entries which they supersede are healed.
 */
export async function upsertSurveys(
  trx: Knex,
  writer: Writer,
  offered: readonly OfferedSurvey[],
): Promise<UpsertCounts> {
  const incoming = offered.map((offer) => {
    const json = JSON.stringify(surveyToJson(offer.survey))
    return {
      offer,
      json,
      surveyId: surveyIdOf(writer.connection, offer.survey.providerSurveyId),
      key: offer.survey.providerSurveyId,
      order: offer.order,
      version: offer.version,
      contentHash: createHash('sha256').update(json).digest('base64'),
    }
  })
  const held = await heldEditions(trx, writer.connection, [...new Set(incoming.map((one) => one.key))])
  const { writes, stale, unchanged } = decide(incoming, held)
  if (writes.length > 0) await writeSurveys(trx, writer, writes)
  await healQuarantine(
    trx,
    writer,
    writes.filter((one) => held.get(one.key)?.quarantined === true && one.status !== 'unreadable'),
  )
  const log =
    (disposition: SupplyLogEntry['disposition']) => (one: { key: string; order: string; version: string }) => ({
      itemKey: one.key,
      order: one.order,
      version: one.version,
      disposition,
    })
  await logSupply(trx, writer, [...writes.map(log('stored')), ...stale.map(log('stale'))])
  const stored = writes.filter((one) => one.changed).length
  return { stored, unchanged: unchanged + writes.length - stored, stale: stale.length }
}

async function heldEditions(trx: Knex, connection: string, keys: string[]): Promise<Map<string, Held>> {
  const { rows } = (await trx.raw(
    `select k.key, s.source_order as "order", s.source_version as version, s.content_hash as "contentHash", s.status,
            q.item_key is not null as quarantined, q.source_order as "quarantinedOrder"
       from unnest(?::text[]) as k(key)
       left join surveys s on s.connection = ? and s.provider_survey_id = k.key
       left join quarantine q on q.connection = ? and q.item_key = k.key and q.state = 'open'
      where s.survey_id is not null or q.item_key is not null`,
    [keys, connection, connection],
  )) as { rows: (Held & { key: string })[] }
  return new Map(rows.map((row) => [row.key, row]))
}

async function healQuarantine(trx: Knex, writer: Writer, writes: readonly SurveyWrite[]): Promise<void> {
  if (writes.length === 0) return
  await trx('quarantine')
    .where({ connection: writer.connection, state: 'open' })
    .whereIn(
      'item_key',
      writes.map((one) => one.key),
    )
    .update({ state: 'healed' })
}

/**
 * Takes surveys out because the provider says so, when that is newer than what is held.
 * @returns how many were taken out
 */
export async function withdrawSurveys(
  trx: Knex,
  writer: Writer,
  withdrawn: readonly WithdrawnSurvey[],
): Promise<number> {
  const count = await takeOut(trx, writer.connection, 'withdrawn', withdrawn)
  await logSupply(
    trx,
    writer,
    withdrawn.map((one) => ({
      itemKey: one.providerSurveyId,
      order: one.order,
      version: '',
      disposition: 'withdrawn',
    })),
  )
  return count
}

/**
 * Takes surveys out of the offer whose newest edition could not be read: fail closed, as it may say CLOSED.
 * @param unreadable an order of null = the record does not say: it counts as the newest unless a readable edition
 *   beyond `ackedId` is held (what the provider sends is newer than what it knows us to have)
 */
export async function markUnreadable(
  trx: Knex,
  writer: Writer,
  unreadable: readonly { providerSurveyId: string; order: string | null }[],
  ackedId: string,
): Promise<number> {
  const known = unreadable.map((one) => ({ providerSurveyId: one.providerSurveyId, order: one.order }))
  return takeOut(trx, writer.connection, 'unreadable', known, ackedId)
}

async function takeOut(
  trx: Knex,
  connection: string,
  status: 'withdrawn' | 'unreadable',
  items: readonly { providerSurveyId: string; order: string | null }[],
  ackedId = '0',
): Promise<number> {
  if (items.length === 0) return 0
  const { rowCount } = (await trx.raw(
    `update surveys s set
       status = :status, source_order = coalesce(i.source_order, s.source_order), source_version = '',
       changed_at = case when s.status = :status then s.changed_at else now() end,
       dirty = s.dirty or s.status <> :status
     from (select item_key, max(source_order) as source_order
             from json_to_recordset(:items::json) as r(item_key text, source_order numeric) group by item_key) i
     where s.connection = :connection and s.provider_survey_id = i.item_key
       and (i.source_order > s.source_order or (i.source_order is null and s.source_order <= :ackedId::numeric))`,
    {
      status,
      connection,
      ackedId,
      items: JSON.stringify(items.map((one) => ({ item_key: one.providerSurveyId, source_order: one.order }))),
    },
  )) as { rowCount: number }
  return rowCount
}

/**
 * The provider's whole list was read: takes out what is no longer in it.
 * @param present every survey id of the list, the unreadable ones included
 */
export async function withdrawAbsent(trx: Knex, connection: string, present: readonly string[]): Promise<number> {
  const { rowCount } = (await trx.raw(
    `update surveys s set status = 'withdrawn', source_version = '', changed_at = now(), dirty = true
      where s.connection = ? and s.status <> 'withdrawn'
        and not exists (select from unnest(?::text[]) as p(key) where p.key = s.provider_survey_id)`,
    [connection, [...present]],
  )) as { rowCount: number }
  return rowCount
}

/** A removed connection's whole stock leaves the offer. */
export async function withdrawConnectionSurveys(trx: Knex, connection: string): Promise<number> {
  return trx('surveys')
    .where({ connection })
    .whereNot({ status: 'withdrawn' })
    .update({ status: 'withdrawn', changed_at: trx.fn.now(), dirty: true })
}

/** How many surveys of a connection are open, and in which countries (alpha-3, sorted). */
export async function openStock(knex: Knex, connection: string): Promise<{ surveys: number; countries: string[] }> {
  const { rows } = (await knex.raw(
    `select country, count(*)::int as surveys from surveys
      where connection = ? and status = 'open' group by country order by country`,
    [connection],
  )) as { rows: { country: string; surveys: number }[] }
  return {
    surveys: rows.reduce((sum, row) => sum + row.surveys, 0),
    countries: rows.map((row) => row.country),
  }
}

/** @returns null when there is no such survey */
export async function findSurvey(knex: Knex, surveyId: string): Promise<SurveyRecord | null> {
  const row: (Omit<SurveyRecord, 'survey'> & { survey: SurveyJson }) | undefined = await knex('surveys')
    .select({
      surveyId: 'survey_id',
      connection: 'connection',
      provider: 'provider',
      providerSurveyId: 'provider_survey_id',
      status: 'status',
      survey: 'survey',
      sourceOrder: 'source_order',
      sourceVersion: 'source_version',
      revision: 'revision',
    })
    .where({ survey_id: surveyId })
    .first()
  return row === undefined ? null : { ...row, survey: surveyFromJson(row.survey) }
}
