import type { Knex } from '../connect.js'

/** Basic facts of the PostgreSQL server, for diagnosis. */
export interface ServerFacts {
  readonly version: string
  readonly majorVersion: number
  /** Our role: `tributary_app`, else the schema is not ours. */
  readonly role: string
  readonly readOnly: boolean
  readonly now: Date
}

export async function readServerFacts(knex: Knex): Promise<ServerFacts> {
  const { rows } = (await knex.raw(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as "majorVersion",
            current_user::text as role, current_setting('transaction_read_only') = 'on' as "readOnly",
            clock_timestamp() as now`,
  )) as { rows: [ServerFacts] }
  return rows[0]
}

/** Sends a trivial query to PostgreSQL. @throws when it fails */
export async function pingServer(knex: Knex): Promise<void> {
  await knex.raw('select 1')
}
