import type { Knex } from '../connect.js'
import type { RefreshInputs } from '../rows/refresh-inputs.js'

const COLUMNS = {
  connection: 'connection',
  panel: 'panel',
  panelistId: 'panelist_id',
  panelistKey: 'panelist_key',
  circumstances: 'circumstances',
  providerPanelistId: 'provider_panelist_id',
  country: 'country',
  dateOfBirth: 'date_of_birth',
  profile: 'profile',
  userIp: 'user_ip',
  userAgent: 'user_agent',
} as const

/**
 * Stores the inputs of one refresh, so that only its id travels through Temporal. Concurrent requests for the same
 * panelist share the row, and so the refresh.
 * @returns its id
 */
export async function keepRefresh(knex: Knex, inputs: RefreshInputs, now: Date): Promise<string> {
  const [row] = await knex('panelist_refreshes')
    .insert({
      connection: inputs.connection,
      panel: inputs.panel,
      panelist_id: inputs.panelistId,
      panelist_key: inputs.panelistKey,
      circumstances: inputs.circumstances,
      provider_panelist_id: inputs.providerPanelistId,
      country: inputs.country,
      date_of_birth: inputs.dateOfBirth,
      profile: JSON.stringify(inputs.profile),
      user_ip: inputs.userIp,
      user_agent: inputs.userAgent,
      requested_at: now,
    })
    .onConflict(['connection', 'panelist_key', 'circumstances'])
    .merge(['country', 'date_of_birth', 'profile', 'user_ip', 'user_agent', 'requested_at'])
    .returning('refresh_id')
  return row.refresh_id
}

/** @returns null = used, or deleted as too old */
export async function findRefresh(knex: Knex, refreshId: string): Promise<RefreshInputs | null> {
  return (await knex('panelist_refreshes').select(COLUMNS).where({ refresh_id: refreshId }).first()) ?? null
}

/** Deletes a refresh request that was answered or abandoned. */
export async function deleteRefresh(knex: Knex, refreshId: string): Promise<void> {
  await knex('panelist_refreshes').where({ refresh_id: refreshId }).delete()
}

/** Deletes refresh requests that are older than a time. @returns how many */
export async function deleteRefreshesBefore(trx: Knex, before: Date): Promise<number> {
  return trx('panelist_refreshes').where('requested_at', '<', before).delete()
}
