import type { Knex } from 'knex'

/** Connections and their poll cursors, the catalogue, the log of what was received, the quarantine. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table connections (
      connection text primary key,
      provider text not null,
      state text not null default 'starting'
        check (state in ('starting', 'healthy', 'degraded', 'blocked', 'paused', 'removed')),
      reason text,
      paused boolean not null default false,
      fail_streak integer not null default 0,
      last_attempt_at timestamptz,
      last_success_at timestamptz,
      next_poll_at timestamptz,
      cursor text,
      -- highest receipt whose page is committed, and highest acknowledged receipt, which never exceeds the first
      committed_id numeric not null default 0,
      acked_id numeric not null default 0,
      -- every attempt to poll takes the next epoch; a write with an older epoch is refused
      poll_epoch bigint not null default 0,
      polls bigint not null default 0,
      -- a few digits of a hash of the configuration: enough to detect a change, too few to test guesses of a key
      config_digest text,
      updated_at timestamptz not null default now(),
      constraint no_ack_before_commit check (acked_id <= committed_id)
    );

    create sequence catalogue_revision;

    create table surveys (
      survey_id text primary key,
      connection text not null,
      provider text not null,
      provider_survey_id text not null,
      status text not null check (status in ('open', 'paused', 'closed', 'withdrawn', 'unreadable')),
      country text not null,
      cpi_minor bigint not null,
      currency text not null,
      loi_minutes double precision not null,
      ir_percent double precision not null,
      conversion_percent double precision,
      available_completes integer,
      finish_at timestamptz,
      group_id text,
      survey jsonb not null,
      -- the record as received, with unknown fields
      raw text,
      source_order numeric not null,
      source_version text not null,
      content_hash text not null,
      first_seen_at timestamptz not null default now(),
      changed_at timestamptz not null default now(),
      -- set by the stamper after the writer's commit, so that number order is commit order
      revision bigint,
      dirty boolean not null default true,
      constraint surveys_provider_key unique (connection, provider_survey_id)
    );
    create index surveys_revision on surveys (revision);
    create index surveys_dirty on surveys (survey_id) where dirty;
    create index surveys_open on surveys (connection, country) where status = 'open';

    -- received editions and their disposition; append only, partitioned by month
    create table supply_log (
      connection text not null,
      item_key text not null,
      source_order numeric not null,
      source_version text not null,
      disposition text not null check (disposition in ('stored', 'stale', 'withdrawn', 'quarantined')),
      poll_epoch bigint not null,
      logged_at timestamptz not null default now()
    ) partition by range (logged_at);
    create index supply_log_key on supply_log (connection, item_key, source_order);

    create table quarantine (
      quarantine_id uuid primary key default gen_random_uuid(),
      connection text not null,
      -- the provider's survey id where it could be read, else a hash of the bytes
      item_key text not null,
      provider_survey_id text,
      source_order numeric,
      reason text not null,
      raw bytea not null,
      first_seen_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      count integer not null default 1,
      state text not null default 'open' check (state in ('open', 'healed', 'redriven')),
      constraint quarantine_item unique (connection, item_key)
    );
    create index quarantine_listing on quarantine (last_seen_at desc);`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table quarantine; drop table supply_log; drop table surveys;
    drop sequence catalogue_revision; drop table connections`)
}
