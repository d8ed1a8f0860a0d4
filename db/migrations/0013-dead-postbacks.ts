import type { Knex } from 'knex'

/** An index for the operators' list of dead letters, which are few among many messages. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create index postbacks_dead on postbacks (created_at) where state = 'dead'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index postbacks_dead')
}
