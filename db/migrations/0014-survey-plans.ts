import type { Knex } from 'knex'

/** Our own gateway: buyers' survey plans, their counters, and the data of their sessions. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table survey_plans (
      plan_id text primary key,
      demand_partner text not null,
      -- the plan's surveys.survey_id, the id that panels see
      survey_id text not null unique,
      -- the plan as the buyer posted it
      plan jsonb not null,
      target_completes integer not null check (target_completes >= 0),
      status text not null default 'OPEN' check (status in ('OPEN', 'CLOSED', 'PAUSED')),
      status_reason text not null default 'buyer'
        check (status_reason in ('buyer', 'filled', 'finish_date')),
      -- payable completes; changed only together with plan_sessions.slot, under this row's lock
      completes integer not null default 0 check (completes >= 0),
      overage integer not null default 0 check (overage >= 0),
      accept_unsigned boolean not null default false,
      flexibility_percent integer not null default 100 check (flexibility_percent between 0 and 100),
      -- {completes, pauseMs}; null = no soft launch
      soft_launch jsonb,
      -- when the completes of the soft launch were reached, and when the full launch began
      soft_launch_reached_at timestamptz,
      fully_launched_at timestamptz,
      workflow_started_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz,
      constraint never_beyond_the_agreed check (completes <= target_completes + overage)
    );
    create index survey_plans_listing on survey_plans (demand_partner, created_at desc, plan_id) where deleted_at is null;
    create index survey_plans_not_started on survey_plans (created_at)
      where workflow_started_at is null and deleted_at is null;

    create table plan_quotas (
      plan_id text not null references survey_plans on delete cascade,
      quota_id text not null,
      position integer not null,
      -- null = capped by the plan alone
      target_completes integer check (target_completes >= 0),
      status text not null default 'OPEN' check (status in ('OPEN', 'CLOSED', 'PAUSED')),
      status_reason text not null default 'buyer' check (status_reason in ('buyer', 'filled')),
      completes integer not null default 0 check (completes >= 0),
      primary key (plan_id, quota_id)
    );

    create table plan_panels (
      plan_id text not null references survey_plans on delete cascade,
      panel text not null,
      -- null = no allocation
      allocation integer check (allocation >= 0),
      completes integer not null default 0 check (completes >= 0),
      primary key (plan_id, panel)
    );
    create index plan_panels_panel on plan_panels (panel);

    -- additional data of a plan's sessions
    create table plan_sessions (
      session_id uuid primary key references sessions on delete cascade,
      plan_id text not null references survey_plans,
      panel text not null,
      quota_ids text[] not null,
      finish_token text not null unique,
      -- the profile for the survey platform; deleted when the session ends
      panelist_profile jsonb,
      slot text not null default 'none' check (slot in ('none', 'held', 'provisional', 'filled', 'released')),
      held_until timestamptz,
      constraint held_has_an_end check ((slot = 'held') = (held_until is not null))
    );
    create index plan_sessions_taken on plan_sessions (plan_id) where slot in ('held', 'provisional');
    create index plan_sessions_plan on plan_sessions (plan_id);

    -- why a complete is not payable: over_quota
    alter table sessions add column unpaid_reason text;

    grant select, insert, update, delete on survey_plans, plan_quotas, plan_panels, plan_sessions to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sessions drop column unpaid_reason;
    drop table plan_sessions; drop table plan_panels; drop table plan_quotas; drop table survey_plans`)
}
