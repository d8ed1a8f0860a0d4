import { randomBytes } from 'node:crypto'
import type { Knex } from '../connect.js'

/** A key this installation made for itself; the first process to ask makes it, everybody then reads the same. */
export async function installationKey<Value extends object>(
  knex: Knex,
  name: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const find = () => knex('installation_keys').where({ name }).first('value')
  const found = await find()
  if (found !== undefined) return found.value as Value
  await knex('installation_keys')
    .insert({ name, value: JSON.stringify(await make()) })
    .onConflict('name')
    .ignore()
  return (await find()).value as Value
}

/** A random secret of 32 bytes, made at the first start: offer tokens, keyed hashes of panelists. */
export async function installationSecret(knex: Knex, name: string): Promise<Buffer> {
  const { secret } = await installationKey(knex, name, async () => ({ secret: randomBytes(32).toString('base64') }))
  return Buffer.from(secret, 'base64')
}

const ADDRESS = 'public-address'

/** Remembers the public address that the API serves, so that what workers tell panels has the same `iss` as its tokens. */
export async function storePublicAddress(knex: Knex, url: string): Promise<void> {
  const value = JSON.stringify({ url })
  await knex('installation_keys').insert({ name: ADDRESS, value }).onConflict('name').merge({ value })
}

/** The public address as the API last said it; null before its first start. */
export async function readPublicAddress(knex: Knex): Promise<string | null> {
  const row = await knex('installation_keys').where({ name: ADDRESS }).first('value')
  return (row?.value as { url: string } | undefined)?.url ?? null
}
