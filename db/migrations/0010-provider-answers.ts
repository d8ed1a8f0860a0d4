import type { Knex } from 'knex'

/**
 * Effects of providers' answers and pushes between two polls of their lists: closures, blocked panelists, quota news,
 * and the members of members-only surveys.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- a survey, or one of its quotas, that is closed until a time, even if the provider's list has it open
    create table supply_closures (
      connection text not null,
      provider_survey_id text not null,
      -- '' = the whole survey
      provider_quota_id text not null default '',
      reason text not null,
      closed_at timestamptz not null,
      until timestamptz not null,
      primary key (connection, provider_survey_id, provider_quota_id)
    );
    create index supply_closures_until on supply_closures (until);

    -- a panelist who is blocked from a survey, or from all surveys of a connection
    create table panelist_blocks (
      panel text not null,
      panelist_id text not null,
      connection text not null,
      -- '' = the whole connection
      survey_id text not null default '',
      reason text not null,
      blocked_at timestamptz not null,
      until timestamptz not null,
      primary key (panel, panelist_id, connection, survey_id)
    );
    create index panelist_blocks_until on panelist_blocks (until);

    -- the newest push about one of our quotas, and when the provider was asked to confirm it
    create table quota_news (
      connection text not null,
      provider_quota_id text not null,
      provider_survey_id text not null,
      live boolean not null,
      said_at timestamptz not null,
      received_at timestamptz not null,
      asked_at timestamptz,
      pending boolean not null default true,
      primary key (connection, provider_quota_id)
    );

    -- the progress of reading a quota's members; a generation is one complete reading
    create table member_readings (
      connection text not null,
      provider_survey_id text not null,
      provider_quota_id text not null,
      generation integer not null default 1,
      last_code text,
      members integer not null default 0,
      finished_at timestamptz,
      updated_at timestamptz not null,
      primary key (connection, provider_survey_id, provider_quota_id)
    );
    create table survey_members (
      connection text not null,
      provider_survey_id text not null,
      provider_quota_id text not null,
      -- in the provider's order and spelling
      member_code text collate "C" not null,
      generation integer not null,
      primary key (connection, provider_survey_id, provider_quota_id, member_code)
    );
    create index survey_members_code on survey_members (connection, member_code);

    create index sessions_member on sessions (connection, provider_panelist_id, provider_survey_id);

    grant select, insert, update, delete
      on supply_closures, panelist_blocks, quota_news, member_readings, survey_members to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index sessions_member;
    drop table survey_members; drop table member_readings; drop table quota_news; drop table panelist_blocks;
    drop table supply_closures`)
}
