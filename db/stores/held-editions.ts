import type { Edition } from '../../domain/edition.js'
import type { Knex } from '../connect.js'

/**
 * Which editions of the given surveys are stored and readable: what was withdrawn, or is unreadable, is not held.
 * @returns by provider survey id; the others are absent
 */
export async function readableEditions(
  knex: Knex,
  connection: string,
  providerSurveyIds: readonly string[],
): Promise<Map<string, Edition>> {
  const { rows } = (await knex.raw(
    `select provider_survey_id as key, source_order as "order", source_version as version from surveys
      where connection = ? and provider_survey_id = any(?::text[]) and status not in ('withdrawn', 'unreadable')`,
    [connection, [...providerSurveyIds]],
  )) as { rows: (Edition & { key: string })[] }
  return new Map(rows.map(({ key, order, version }) => [key, { order, version }]))
}
