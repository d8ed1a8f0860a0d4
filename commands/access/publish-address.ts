import type { Knex } from '../../db/connect.js'
import { storePublicAddress } from '../../db/stores/key-store.js'

/**
 * Stores the API's public address for the workers, so that their messages to panels have the same `iss` as the API's
 * tokens (docs/sessions.md, What you receive).
 * @param url without a trailing slash
 */
export async function publishAddress(knex: Knex, url: string): Promise<void> {
  await storePublicAddress(knex, url)
}
