/**
 * The files that do not keep three rules of docs/architecture.md yet, each with nothing but its path. A file leaves its
 * list with the change that makes it keep the rule; no file is added. test/scripts/known-shortcuts.test.ts holds the
 * lists to what the files do, and to their length.
 */
module.exports = {
  /** Files of `api/` that import `db/stores` or `db/statements` (rule `api-imports-no-store`). */
  apiImportsStore: [
  ],
  /** Files outside of `commands/` and `db/` that begin a transaction (test/scripts/known-shortcuts.test.ts). */
  beginsTransaction: [
  ],
  /** Stores that write more than one table (test/scripts/known-shortcuts.test.ts). */
  writesSeveralTables: [
    'db/stores/ledger-store.ts',
  ],
}
