import type { Money } from '../../domain/money.js'
import type { PanelistSnapshot } from '../../domain/panelist.js'
import type { Reward } from '../../domain/reward.js'
import type { Survey } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'
import { lockSession } from './session-store.js'
import { surveyFromJson } from './survey-json.js'

export interface SessionInputs {
  readonly panelist: PanelistSnapshot
  readonly userIp: string | null
  readonly userAgent: string | null
  /** Null: it is in the catalogue. */
  readonly survey: Survey | null
}

/** What opening an entry needs; null once it was used (or erased). */
export async function findSessionInputs(knex: Knex, sessionId: string): Promise<SessionInputs | null> {
  const row = await knex('session_inputs')
    .where({ session_id: sessionId })
    .first('profile', 'user_ip', 'user_agent', 'survey')
  if (row === undefined) return null
  const survey = row.survey === null ? null : surveyFromJson(row.survey)
  return { panelist: row.profile, userIp: row.user_ip, userAgent: row.user_agent, survey }
}

export interface OpenedEntry {
  readonly url: string
  readonly providerSessionId: string | null
  /** The length that came with the entry. */
  readonly loiMinutes?: number
  /** True when no workflow looks after the session yet: the janitor starts it where nobody else does. */
  readonly workflowToStart?: boolean
  /** Only where the price comes with the entry. */
  readonly priced?: { readonly price: Money; readonly reward: Reward; readonly shareMinor: bigint }
}

/**
 * Stores the entry the provider gave, once: compare-and-set from `opening`. A second entry (an attempt whose answer was
 * lost came back after its successor) is kept as an event, never issued. What the opening needed is deleted.
 * @returns the session as it stands, whoever won
 */
export async function storeEntry(
  knex: Knex,
  sessionId: string,
  entry: OpenedEntry,
  now: Date,
): Promise<SessionRow | null> {
  return knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    if (row.state !== 'opening') {
      if (row.provider_entry_url !== entry.url) {
        await trx('session_events').insert({
          session_id: sessionId,
          type: 'orphan_entry',
          details: JSON.stringify({ provider_session_id: entry.providerSessionId }),
        })
      }
      return row
    }
    const [opened] = (await trx('sessions')
      .where({ session_id: sessionId })
      .update({
        state: 'created',
        // from here on the panel learns of it: with the answer that waits for this, or when it asks again
        announced: true,
        provider_entry_url: entry.url,
        provider_session_id: entry.providerSessionId,
        opened_at: now,
        ...(entry.workflowToStart === true ? {} : { workflow_started_at: now }),
        ...(entry.loiMinutes === undefined ? {} : { loi_minutes: entry.loiMinutes }),
        ...(entry.priced === undefined
          ? {}
          : {
              cpi_minor: entry.priced.price.amountMinor.toString(),
              currency: entry.priced.price.currency,
              reward_amount: entry.priced.reward.amount,
              reward_currency: entry.priced.reward.currency,
              share_minor: entry.priced.shareMinor.toString(),
            }),
      })
      .returning(trx.raw(sessionColumns) as unknown as '*')) as SessionRow[]
    await trx('session_inputs').where({ session_id: sessionId }).delete()
    return opened ?? null
  })
}

/** A page that was left for so long is not waited at any more: the next look begins a wait of its own. */
const LEFT_AFTER_MS = 5 * 60_000

/**
 * Notes that a respondent looks at the page of an entry which is still opening.
 * @returns since when they wait, by our clock, whatever their browser says; null when the entry is not opening any more
 */
export async function noteLook(knex: Knex, sessionId: string, now: Date): Promise<Date | null> {
  const leftBefore = new Date(now.getTime() - LEFT_AFTER_MS)
  const { rows } = (await knex.raw(
    `update sessions set last_look_at = :now,
            waiting_since = case when last_look_at > :leftBefore then waiting_since else :now end
      where session_id = :sessionId and state = 'opening'
      returning waiting_since`,
    { sessionId, now, leftBefore },
  )) as { rows: { waiting_since: Date }[] }
  return rows[0]?.waiting_since ?? null
}

/**
 * The respondent's click, in one statement: `created` becomes `entered` only while the entry has not expired and the rules
 * of the phase `click` hold (docs/matching.md, "One decision, seven doors"): connection, status, enterable, panel,
 * finish_date, available_completes, and of the session's quota its status, its completes and its sub-quotas' completes.
 * Our own sessions under way were counted when this one was booked.
 * @returns the provider's entry URL and the session's id, or null when the click needs a closer look
 */
export async function enterSession(
  knex: Knex,
  entryToken: string,
  now: Date,
): Promise<{ sessionId: string; connection: string; url: string } | null> {
  const { rows } = (await knex.raw(
    `update sessions s set state = 'entered', entered_at = :now
       from connections c
      where s.entry_token = :entryToken and s.state = 'created' and s.entry_deadline > :now
        -- a plan of our own keeps count of its entries: enterPlanSession
        and s.connection <> 'gateway'
        and c.connection = s.connection and not c.paused and c.state <> 'removed'
        and (s.per_panelist or exists (
              select 1 from surveys v
               where v.survey_id = s.survey_id and v.status = 'open' and (v.finish_at is null or v.finish_at > :now)
                 and coalesce(v.available_completes, 1) > 0 and (v.survey ->> 'enterable')::boolean
                 and (v.survey -> 'panels' is null or v.survey -> 'panels' @> to_jsonb(s.panel))
                 and (s.provider_quota_id is null or exists (
                       select 1 from jsonb_array_elements(v.survey -> 'quotas') q
                        where q ->> 'quotaId' = s.provider_quota_id and q ->> 'status' = 'open'
                          and coalesce((q ->> 'available')::numeric, 1) > 0
                          -- a layer in which no sub-quota has room takes nobody
                          and not exists (
                                select 1 from jsonb_array_elements(q -> 'layers') l
                                 where not exists (
                                   select 1 from jsonb_array_elements(l -> 'subQuotas') b
                                    where coalesce((b ->> 'available')::numeric, 1) > 0))))))
      returning s.session_id, s.connection, s.provider_entry_url`,
    { entryToken, now },
  )) as { rows: { session_id: string; connection: string; provider_entry_url: string }[] }
  const row = rows[0]
  return row === undefined
    ? null
    : { sessionId: row.session_id, connection: row.connection, url: row.provider_entry_url }
}
