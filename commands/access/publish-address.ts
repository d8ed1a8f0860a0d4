import type { Knex } from '../../db/connect.js'
import { storePublicAddress } from '../../db/stores/key-store.js'

/**
 * Publishes the address that the API serves to the workers: their messages to panels have the same `iss` as the API's
 * tokens (docs/sessions.md, What you receive).
 * @param url without a trailing slash
 */
export async function publishAddress(knex: Knex, url: string): Promise<void> {
  await storePublicAddress(knex, url)
}
