import type { Knex } from 'knex'

/** Providers that match on their side: refresh requests, and the answers per panelist. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- the inputs of one refresh request: deleted once used
    create table panelist_refreshes (
      refresh_id uuid primary key default gen_random_uuid(),
      connection text not null,
      panel text not null,
      panelist_id text not null,
      -- keyed hashes: of panel and panelist, of address and device class
      panelist_key text not null,
      circumstances text not null,
      provider_panelist_id text not null,
      country text not null,
      date_of_birth text,
      profile jsonb not null,
      user_ip text not null,
      user_agent text,
      requested_at timestamptz not null,
      constraint one_question unique (connection, panelist_key, circumstances)
    );
    create index refreshes_age on panelist_refreshes (requested_at);

    -- a provider's matches for one panelist in their circumstances; the links are valid for this panelist only
    create table panelist_matches (
      connection text not null,
      panelist_key text not null,
      circumstances text not null,
      panel text not null,
      panelist_id text not null,
      -- survey id -> survey with its link
      surveys jsonb not null,
      -- survey id -> partner offer, its survey included
      offers jsonb not null,
      notice text,
      unpriced integer not null,
      unreadable integer not null,
      refreshed_at timestamptz not null,
      primary key (connection, panelist_key, circumstances)
    );
    create index matches_age on panelist_matches (refreshed_at);
    create index matches_panelist on panelist_matches (panel, panelist_id);

    -- the token bucket of a connection's refresh requests, shared by all processes
    create table refresh_budgets (
      connection text primary key,
      tokens double precision not null,
      counted_at timestamptz not null
    );

    -- a provider's transaction belongs to the session that it first came with
    create table provider_transactions (
      connection text not null,
      transaction_id text not null,
      session_id uuid not null references sessions,
      first_seen_at timestamptz not null,
      primary key (connection, transaction_id)
    );

    -- true = the survey was for this panelist alone and is not in the catalogue
    alter table sessions add column per_panelist boolean not null default false;
    alter table session_inputs add column survey jsonb;

    grant select, insert, update, delete on panelist_refreshes, panelist_matches, refresh_budgets to tributary_app;
    grant select, insert on provider_transactions to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table session_inputs drop column survey;
    alter table sessions drop column per_panelist;
    drop table provider_transactions; drop table refresh_budgets; drop table panelist_matches;
    drop table panelist_refreshes`)
}
