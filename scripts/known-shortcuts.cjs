/**
 * The files that do not keep two rules of docs/architecture.md yet, each with nothing but its path. A file leaves its
 * list with the change that makes it keep the rule; no file is added. test/scripts/known-shortcuts.test.ts holds the
 * lists to what the files do, and to their length.
 */
module.exports = {
  /** Files of `api/` that import `db/stores` or `db/statements` (rule `api-imports-no-store`). */
  apiImportsStore: [
    'api/booked-session.ts',
    'api/buyers/apply-to-plan.ts',
    'api/buyers/list-templates.ts',
    'api/buyers/manage-templates.ts',
    'api/buyers/survey-answer.ts',
    'api/buyers/surveys.ts',
    'api/demand/create-plan.ts',
    'api/demand/delete-plan.ts',
    'api/demand/edit-plan.ts',
    'api/demand/list-plans.ts',
    'api/demand/plan-policy.ts',
    'api/demand/read-plan.ts',
    'api/entry/click.ts',
    'api/panel/book-offer.ts',
    'api/panel/create-session.ts',
    'api/panel/explain.ts',
    'api/plan-booking.ts',
    'api/plan-driver.ts',
    'api/router/choose-in-plan.ts',
    'api/router/create-session.ts',
  ],
  /** Files outside of `commands/` and `db/` that begin a transaction (test/scripts/known-shortcuts.test.ts). */
  beginsTransaction: [
    'api/buyers/surveys.ts',
    'api/demand/create-plan.ts',
    'api/demand/delete-plan.ts',
    'api/demand/edit-plan.ts',
    'api/demand/plan-policy.ts',
    'api/panel/create-session.ts',
    'api/router/create-session.ts',
  ],
}
