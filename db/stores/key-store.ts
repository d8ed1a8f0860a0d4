import type { Knex } from '../connect.js'

/** The installation's value under a name; null = none. */
export async function findKey(knex: Knex, name: string): Promise<unknown> {
  const row = await knex('installation_keys').where({ name }).first('value')
  return row?.value ?? null
}

/** Stores a value under a name unless there is one. */
export async function insertKey(knex: Knex, name: string, value: object): Promise<void> {
  await knex('installation_keys')
    .insert({ name, value: JSON.stringify(value) })
    .onConflict('name')
    .ignore()
}

const ADDRESS = 'public-address'

/** Stores or replaces the API's public address. */
export async function storePublicAddress(knex: Knex, url: string): Promise<void> {
  const value = JSON.stringify({ url })
  await knex('installation_keys').insert({ name: ADDRESS, value }).onConflict('name').merge({ value })
}

/** The API's public address; null before its first start. */
export async function readPublicAddress(knex: Knex): Promise<string | null> {
  return ((await findKey(knex, ADDRESS)) as { url: string } | null)?.url ?? null
}
