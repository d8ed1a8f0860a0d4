/**
 * The files that do not keep three rules of docs/architecture.md yet, each with nothing but its path. A file leaves its
 * list with the change that makes it keep the rule; no file is added. test/scripts/known-shortcuts.test.ts holds the
 * lists to what the files do, and to their length.
 */
module.exports = {
  /** Files of `api/` that import `db/stores` or `db/statements` (rule `api-imports-no-store`). */
  apiImportsStore: [
    'api/booked-session.ts',
    'api/entry/click.ts',
    'api/panel/create-session.ts',
    'api/router/create-session.ts',
  ],
  /** Files outside of `commands/` and `db/` that begin a transaction (test/scripts/known-shortcuts.test.ts). */
  beginsTransaction: [
    'api/panel/create-session.ts',
    'api/router/create-session.ts',
  ],
  /** Stores that write more than one table (test/scripts/known-shortcuts.test.ts). */
  writesSeveralTables: [
    'db/stores/entry-store.ts',
    'db/stores/ledger-store.ts',
    'db/stores/plan-entry-store.ts',
  ],
}
