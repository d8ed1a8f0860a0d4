import type { Edition } from '../../domain/edition.js'
import type { HeldEdition } from '../../domain/supply/edition-decision.js'
import type { Knex } from '../connect.js'
import { rows } from '../raw.js'

/**
 * Which editions of the given surveys are stored and readable: what was withdrawn, or is unreadable, is not held.
 * @returns by provider survey id; the others are absent
 */
export async function readableEditions(
  knex: Knex,
  connection: string,
  providerSurveyIds: readonly string[],
): Promise<Map<string, Edition>> {
  const editions = await rows<Edition & { key: string }>(
    knex,
    `select provider_survey_id as key, source_order as "order", source_version as version from surveys
      where connection = ? and provider_survey_id = any(?::text[]) and status not in ('withdrawn', 'unreadable')`,
    [connection, [...providerSurveyIds]],
  )
  return new Map(editions.map(({ key, order, version }) => [key, { order, version }]))
}

/**
 * What PostgreSQL holds of each survey, the quarantine's open entry about it beside its row.
 * @param keys provider survey ids, each once
 * @returns by provider survey id; what is in neither table is absent
 */
export async function heldEditions(
  trx: Knex,
  connection: string,
  keys: readonly string[],
): Promise<Map<string, HeldEdition>> {
  const held = await rows<HeldEdition & { key: string }>(
    trx,
    `select k.key, s.source_order as "order", s.source_version as version, s.content_hash as "contentHash", s.status,
            q.item_key is not null as quarantined, q.source_order as "quarantinedOrder"
       from unnest(?::text[]) as k(key)
       left join surveys s on s.connection = ? and s.provider_survey_id = k.key
       left join quarantine q on q.connection = ? and q.item_key = k.key and q.state = 'open'
      where s.survey_id is not null or q.item_key is not null`,
    [[...keys], connection, connection],
  )
  return new Map(held.map((row) => [row.key, row]))
}
