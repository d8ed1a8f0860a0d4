import type { Knex } from 'knex'

/** The outbox of Standard Webhooks messages to panels, and every attempt to deliver one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table postbacks (
      -- the webhook-id: the same for all retries and redeliveries
      postback_id text primary key,
      session_id uuid not null references sessions,
      panel text not null,
      type text not null check (type in ('session.outcome', 'session.adjusted')),
      sequence integer not null,
      claim_id uuid not null unique references outcome_claims,
      payload jsonb not null,
      state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
      attempts integer not null default 0,
      redeliveries integer not null default 0,
      -- end of the delivery's lease; the janitor takes over afterwards
      owned_until timestamptz not null,
      created_at timestamptz not null default now(),
      delivered_at timestamptz,
      constraint postback_order unique (session_id, sequence)
    );
    create index postbacks_pending on postbacks (owned_until) where state = 'pending';

    create table postback_attempts (
      postback_id text not null,
      at timestamptz not null default clock_timestamp(),
      status integer,
      error text,
      body_head text,
      duration_ms integer not null
    ) partition by range (at);
    create index postback_attempts_postback on postback_attempts (postback_id, at);`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table postback_attempts; drop table postbacks')
}
