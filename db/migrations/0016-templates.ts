import type { Knex } from 'knex'

/**
 * Buyers' templates, and the surveys drafted from them (PureSpectrum Buy API). A launched survey also has a survey
 * plan.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table templates (
      -- chosen by the caller of the PUT; an integer in the PureSpectrum Buy API
      template_id integer primary key check (template_id > 0),
      -- the demand partner that owns it; null = the service
      owner text,
      folder text not null,
      name text not null,
      title text not null,
      visibility text not null check (visibility in ('own', 'default', 'shared')),
      -- buyer ids
      shared_with integer[] not null default '{}',
      -- as it was put, in the terms of the PureSpectrum Buy API
      survey jsonb not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index templates_owner on templates (owner);
    create index templates_shared on templates using gin (shared_with);
    create index templates_default on templates (template_id) where visibility = 'default';

    create table buyer_surveys (
      -- an integer, as in the PureSpectrum Buy API; the owner controls access, not the id
      ps_survey_id integer generated always as identity (start with 100001) primary key,
      demand_partner text not null,
      -- stays when the template is deleted, as a record of the survey's origin
      template_id integer,
      survey jsonb not null,
      -- part of the test link
      link_token text not null,
      plan_id text unique references survey_plans,
      launched_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      constraint launched_with_a_plan check ((plan_id is null) = (launched_at is null))
    );

    grant select, insert, update, delete on templates to tributary_app;
    grant select, insert, update on buyer_surveys to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table buyer_surveys; drop table templates')
}
