import type { SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import type { OfferedSurvey, Writer } from './offered-survey.js'
import type { Written } from './supply-decision.js'

/** A survey that was decided to be written. */
export interface SurveyWrite extends Written {
  readonly surveyId: string
  /** The provider's survey id. */
  readonly key: string
  readonly offer: OfferedSurvey
  /** The survey as the column `surveys.survey` holds it, as text. */
  readonly json: string
  readonly contentHash: string
}

/** Writes surveys in one statement; those whose content or status is another one become dirty. */
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
     -- the second net: the decision was made on what was committed a moment ago
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
  // it is JSON already: put in as it was hashed, not escaped a second time
  return `${row.slice(0, -1)},"survey":${write.json}}`
}
