import type { Knex } from 'knex'

/** Operations look at the messages that no panel took: few among many. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create index postbacks_dead on postbacks (created_at) where state = 'dead'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index postbacks_dead')
}
