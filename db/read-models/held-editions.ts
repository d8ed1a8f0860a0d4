import type { Edition } from '../../domain/edition.js'
import type { HeldEdition } from '../../domain/supply/edition-decision.js'
import type { Knex } from '../connect.js'
import { rows } from '../raw.js'

/**
 * The stored editions of the given surveys, without withdrawn and unreadable ones.
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
 * The stored edition of each survey, from its row and its open quarantine entry.
 * @param keys provider survey ids, each once
 * @returns by provider survey id; surveys in neither table are absent
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
