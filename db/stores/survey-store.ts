import type { Written } from '../../domain/supply/edition-decision.js'
import type { SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { affected } from '../raw.js'
import type { OfferedSurvey, Writer } from './offered-survey.js'

/** A survey to write. */
export interface SurveyWrite extends Written {
  readonly surveyId: string
  /** The provider's survey id. */
  readonly key: string
  readonly offer: OfferedSurvey
  /** The content of the column `surveys.survey`, as text. */
  readonly json: string
  readonly contentHash: string
}

/** Writes surveys in one statement and marks those with a changed content or status dirty. */
export async function writeSurveys(trx: Knex, writer: Writer, writes: readonly SurveyWrite[]): Promise<void> {
  await trx.raw(
    `insert into surveys as s (survey_id, connection, provider, provider_survey_id, status, country, cpi_minor, currency,
       loi_minutes, ir_percent, conversion_percent, available_completes, finish_at, group_id, survey, raw, source_order,
       source_version, content_hash, first_seen_at, changed_at)
     select r.survey_id, :connection, :provider, r.provider_survey_id, r.status, r.country, r.cpi_minor, r.currency,
       r.loi_minutes, r.ir_percent, r.conversion_percent, r.available_completes, r.finish_at, r.group_id,
       r.survey, r.raw, r.source_order, r.source_version, r.content_hash, :now, :now
     from json_to_recordset(:rows::json) as r(survey_id text, provider_survey_id text, status text, country text,
       cpi_minor bigint, currency text, loi_minutes double precision, ir_percent double precision,
       conversion_percent double precision, available_completes integer, finish_at timestamptz, group_id text,
       survey jsonb, raw text, source_order numeric, source_version text, content_hash text)
     on conflict (survey_id) do update set
       provider = excluded.provider, status = excluded.status, country = excluded.country,
       cpi_minor = excluded.cpi_minor, currency = excluded.currency, loi_minutes = excluded.loi_minutes,
       ir_percent = excluded.ir_percent, conversion_percent = excluded.conversion_percent,
       available_completes = excluded.available_completes, finish_at = excluded.finish_at,
       group_id = excluded.group_id, survey = excluded.survey, raw = excluded.raw,
       source_order = excluded.source_order, source_version = excluded.source_version,
       content_hash = excluded.content_hash,
       changed_at = case when (s.content_hash, s.status) is distinct from (excluded.content_hash, excluded.status)
                         then excluded.changed_at else s.changed_at end,
       dirty = s.dirty or (s.content_hash, s.status) is distinct from (excluded.content_hash, excluded.status)
     -- check again, because the decision was based on an earlier snapshot
     where excluded.source_order >= s.source_order`,
    {
      connection: writer.connection,
      provider: writer.provider,
      now: writer.now,
      rows: `[${writes.map(rowText).join(',')}]`,
    },
  )
}

function rowText(write: SurveyWrite): string {
  const { survey, raw } = write.offer
  const status: SurveyStatus = write.status
  const row = JSON.stringify({
    survey_id: write.surveyId,
    provider_survey_id: write.key,
    status,
    country: survey.country,
    cpi_minor: survey.price.amountMinor.toString(),
    currency: survey.price.currency,
    loi_minutes: survey.loiMinutes,
    ir_percent: survey.irPercent,
    conversion_percent: survey.conversionPercent,
    available_completes: survey.availableCompletes,
    finish_at: survey.finishAt,
    group_id: survey.groupId,
    raw: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8'),
    source_order: write.counts.order,
    source_version: write.counts.version,
    content_hash: write.contentHash,
  })
  // insert the JSON text that was hashed, without escaping it again
  return `${row.slice(0, -1)},"survey":${write.json}}`
}

export interface WithdrawnSurvey {
  readonly providerSurveyId: string
  readonly order: string
}

/**
 * Sets surveys whose newest edition is unreadable to `unreadable`: fail closed, because the edition may be CLOSED.
 * @param unreadable an order of null = unknown: it counts as the newest unless a readable edition beyond `ackedId` is
 *   stored (what the provider sends is newer than what we acknowledged)
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

/**
 * Sets surveys to `withdrawn` or `unreadable` where the item is newer than the stored edition.
 * @param items an order of null counts as the newest unless an edition beyond `ackedId` is stored
 * @returns how many rows changed
 */
export async function takeOut(
  trx: Knex,
  connection: string,
  status: 'withdrawn' | 'unreadable',
  items: readonly { providerSurveyId: string; order: string | null }[],
  ackedId = '0',
): Promise<number> {
  if (items.length === 0) return 0
  return affected(
    trx,
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
  )
}

/**
 * Withdraws the surveys that are not in the provider's complete list.
 * @param present every survey id of the list, including unreadable ones
 */
export async function withdrawAbsent(trx: Knex, connection: string, present: readonly string[]): Promise<number> {
  return affected(
    trx,
    `update surveys s set status = 'withdrawn', source_version = '', changed_at = now(), dirty = true
      where s.connection = ? and s.status <> 'withdrawn'
        and not exists (select from unnest(?::text[]) as p(key) where p.key = s.provider_survey_id)`,
    [connection, [...present]],
  )
}

/** Withdraws all surveys of a removed connection. */
export async function withdrawConnectionSurveys(trx: Knex, connection: string): Promise<number> {
  return trx('surveys')
    .where({ connection })
    .whereNot({ status: 'withdrawn' })
    .update({ status: 'withdrawn', changed_at: trx.fn.now(), dirty: true })
}
