import { randomBytes } from 'node:crypto'
import type { Knex } from '../../db/connect.js'
import { findKey, insertKey } from '../../db/stores/key-store.js'

/** A key that the installation generates. The first process generates and stores it; all others read the stored one. */
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

/** A random secret of 32 bytes, generated at the first start: for offer tokens and keyed hashes of panelists. */
export async function installationSecret(knex: Knex, name: string): Promise<Buffer> {
  const { secret } = await installationKey(knex, name, async () => ({ secret: randomBytes(32).toString('base64') }))
  return Buffer.from(secret, 'base64')
}
