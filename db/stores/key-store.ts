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
