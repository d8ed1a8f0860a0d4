import type { Knex } from 'knex'

/** Panelists' profiles, and the keys that the installation generates. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table panelists (
      panel text not null,
      panelist_id text not null,
      country text not null,
      locale text,
      date_of_birth text,
      profile jsonb not null default '{}',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (panel, panelist_id)
    );

    -- generated once, at the first start: signing key, keys of offer tokens and of keyed hashes
    create table installation_keys (
      name text primary key,
      value jsonb not null,
      created_at timestamptz not null default now()
    );`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table installation_keys; drop table panelists')
}
