import type { Knex } from 'knex'

/** What the janitor and the panels' survey list ask for every few seconds costs an index of its own size. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index survey_plans_not_started;
    -- plans in their fielding that no workflow looks after, and plans that are over without their workflow's knowing
    create index survey_plans_undriven on survey_plans (updated_at)
      where workflow_started_at is null and deleted_at is null and status <> 'CLOSED';
    create index survey_plans_untold on survey_plans (updated_at)
      where workflow_started_at is not null and status = 'CLOSED';
    -- a panel's own completes by survey and quota (PureSpectrum Supply API, supplier_completes)
    create index sessions_payable on sessions (panel, survey_id) where payable`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index sessions_payable; drop index survey_plans_untold; drop index survey_plans_undriven;
    create index survey_plans_not_started on survey_plans (created_at)
      where workflow_started_at is null and deleted_at is null`)
}
