import type { Knex } from 'knex'

/** Sessions, their claims, their one terminal outcome, and idempotent creation. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table sessions (
      session_id uuid primary key,
      panel text not null,
      panelist_id text,
      survey_id text not null,
      connection text not null,
      provider text not null,
      provider_survey_id text not null,
      provider_quota_id text,
      group_id text,
      country text not null,
      state text not null default 'opening' check (state in ('opening', 'created', 'entered', 'finished')),
      outcome text check (outcome in ('COMPLETED', 'TERMINATED', 'DISQUALIFIED', 'SCREENED_OUT', 'REJECTED',
                                      'QUOTA_FULL', 'ERROR', 'TIMEOUT')),
      grade text check (grade in ('E0', 'E1', 'E2', 'E3')),
      required_grade text not null check (required_grade in ('E0', 'E1', 'E2', 'E3')),
      provisional boolean not null default false,
      payable boolean not null default false,
      reversed boolean not null default false,
      needs_review boolean not null default false,
      review_reason text,
      -- locked when the session is created (or by the provider's invite) and never changed afterwards
      cpi_minor bigint,
      currency text,
      reward_amount bigint,
      reward_currency text,
      share_minor bigint,
      screenout_reward bigint not null default 0,
      loi_minutes double precision,
      device text,
      custom_panel_data jsonb,
      entry_token text not null unique,
      provider_panelist_id text not null,
      provider_session_id text,
      provider_entry_url text,
      -- true once the panel knows the session id: only then does it get postbacks
      announced boolean not null default false,
      claim_count integer not null default 0,
      postback_count integer not null default 0,
      created_at timestamptz not null default now(),
      opened_at timestamptz,
      entered_at timestamptz,
      finished_at timestamptz,
      completed_at timestamptz,
      entry_deadline timestamptz not null,
      completion_ttl interval not null,
      late_grace interval not null,
      workflow_started_at timestamptz,
      constraint finished_has_outcome check ((state = 'finished') = (outcome is not null)),
      constraint payable_is_proven check (not payable or (outcome is not distinct from 'COMPLETED' and not provisional and cpi_minor is not null)),
      constraint price_is_whole check ((cpi_minor is null) = (currency is null))
    );
    create unique index one_unfinished_session on sessions (panel, panelist_id, survey_id) where state <> 'finished';
    create index sessions_panelist on sessions (panel, panelist_id, survey_id);
    create index sessions_listing on sessions (panel, created_at desc, session_id desc);
    create index sessions_provider on sessions (connection, provider_session_id) where provider_session_id is not null;
    create index sessions_unfinished on sessions (survey_id, provider_quota_id) where state <> 'finished';
    create index sessions_completed on sessions (completed_at) where completed_at is not null;
    create index sessions_not_started on sessions (created_at) where workflow_started_at is null;

    -- the inputs of opening an entry: deleted once used
    create table session_inputs (
      session_id uuid primary key references sessions on delete cascade,
      profile jsonb not null,
      user_ip text,
      user_agent text,
      created_at timestamptz not null default now()
    );

    create table session_events (
      session_id uuid not null,
      at timestamptz not null default clock_timestamp(),
      type text not null,
      details jsonb not null default '{}'
    ) partition by range (at);
    create index session_events_session on session_events (session_id, at);

    create table outcome_claims (
      claim_id uuid primary key default gen_random_uuid(),
      session_id uuid not null references sessions,
      sequence integer not null,
      source text not null check (source in ('return', 'postback', 'entry', 'opening', 'timeout', 'erasure', 'statement')),
      kind text not null default 'outcome' check (kind in ('outcome', 'reversal')),
      fingerprint text not null,
      outcome text not null,
      word text not null,
      grade text not null,
      effect text not null check (effect in ('finish', 'confirm', 'correct', 'upgrade', 'reverse', 'repeat', 'review')),
      -- the session's standing after this claim
      standing jsonb not null,
      flags text[] not null default '{}',
      raw text,
      received_at timestamptz not null default clock_timestamp(),
      applied_at timestamptz,
      constraint claim_once unique (session_id, fingerprint),
      constraint claim_order unique (session_id, sequence)
    );
    create index claims_not_applied on outcome_claims (received_at) where applied_at is null;

    create table session_outcomes (
      session_id uuid primary key references sessions,
      claim_id uuid not null unique references outcome_claims,
      outcome text not null,
      grade text not null,
      provisional boolean not null,
      payable boolean not null,
      decided_at timestamptz not null
    );

    create table session_adjustments (
      claim_id uuid primary key references outcome_claims,
      session_id uuid not null references sessions,
      effect text not null check (effect in ('confirm', 'correct', 'upgrade', 'reverse')),
      from_outcome text not null,
      to_outcome text not null,
      adjusted_at timestamptz not null
    );
    create index adjustments_session on session_adjustments (session_id);

    create table idempotency_keys (
      panel text not null,
      key text not null,
      request_hash text not null,
      session_id uuid,
      status integer,
      body jsonb,
      locked_until timestamptz not null,
      created_at timestamptz not null default now(),
      primary key (panel, key)
    );
    create index idempotency_age on idempotency_keys (created_at);`)

  await knex.raw(`
    create function session_guard() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        if old.cpi_minor is not null and (new.cpi_minor, new.currency) is distinct from (old.cpi_minor, old.currency) then
          raise exception 'the price of session % is locked', old.session_id using errcode = 'TR001';
        end if;
        if old.provider_entry_url is not null and new.provider_entry_url is distinct from old.provider_entry_url then
          raise exception 'session % already has its entry link', old.session_id using errcode = 'TR002';
        end if;
        if new.state = old.state then return new; end if;
        if (old.state, new.state) not in (('opening', 'created'), ('opening', 'finished'), ('created', 'entered'),
                                          ('created', 'finished'), ('entered', 'finished')) then
          raise exception 'session % cannot go from % to %', old.session_id, old.state, new.state using errcode = 'TR003';
        end if;
      end if;
      insert into session_events (session_id, type, details)
      values (new.session_id, new.state, case when new.outcome is null then '{}'
        else jsonb_build_object('outcome', new.outcome, 'grade', new.grade) end);
      return new;
    end $$;
    create trigger session_guard before insert or update of state, cpi_minor, currency, provider_entry_url on sessions
      for each row execute function session_guard();`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table idempotency_keys; drop table session_adjustments; drop table session_outcomes; drop table outcome_claims;
    drop table session_events; drop table session_inputs; drop table sessions; drop function session_guard()`)
}
