import type { Knex } from '../connect.js'

/** What a person asks first about a PostgreSQL that misbehaves. */
export interface ServerFacts {
  readonly version: string
  readonly majorVersion: number
  /** What we are there: `tributary_app`, else the schema is not ours. */
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

/** Asks PostgreSQL for an answer, whatever it is. @throws when it gives none */
export async function pingServer(knex: Knex): Promise<void> {
  await knex.raw('select 1')
}
