import type { Knex } from 'knex'

/** Partial indexes for the queries that the janitor and the panels' survey list run every few seconds. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index survey_plans_not_started;
    -- open plans without a workflow, and closed plans whose workflow was not notified
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
