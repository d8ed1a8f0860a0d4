import type { Knex } from 'knex'

/**
 * Surveys that a provider sent a respondent on to from the session's survey. And authentic arrivals about a known
 * member that fit none of their sessions, for operators to review.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table session_other_surveys (
      session_id uuid not null references sessions on delete cascade,
      connection text not null,
      provider_survey_id text not null,
      -- our id of the survey, which may not be in the catalogue
      survey_id text not null,
      outcome text not null,
      first_seen_at timestamptz not null,
      primary key (session_id, provider_survey_id)
    );
    create index session_other_surveys_survey on session_other_surveys (connection, provider_survey_id);

    create table unplaced_arrivals (
      connection text not null,
      fingerprint text not null,
      route text not null check (route in ('return', 'postback')),
      member_code text not null,
      provider_survey_id text not null,
      raw text not null,
      arrivals bigint not null default 1,
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null,
      primary key (connection, fingerprint)
    );
    create index unplaced_arrivals_member on unplaced_arrivals (connection, member_code);
    grant select, insert, update, delete on session_other_surveys, unplaced_arrivals to tributary_app`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table unplaced_arrivals; drop table session_other_surveys')
}
