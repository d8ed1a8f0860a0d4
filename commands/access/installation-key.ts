import { randomBytes } from 'node:crypto'
import type { Knex } from '../../db/connect.js'
import { findKey, insertKey } from '../../db/stores/key-store.js'

/** A key this installation made for itself. The first process to ask makes it; every process then reads the same one. */
export async function installationKey<Value extends object>(
  knex: Knex,
  name: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const found = await findKey(knex, name)
  if (found !== null) return found as Value
  await insertKey(knex, name, await make())
  return (await findKey(knex, name)) as Value
}

/** A random secret of 32 bytes, made at the first start: offer tokens, keyed hashes of panelists. */
export async function installationSecret(knex: Knex, name: string): Promise<Buffer> {
  const { secret } = await installationKey(knex, name, async () => ({ secret: randomBytes(32).toString('base64') }))
  return Buffer.from(secret, 'base64')
}
