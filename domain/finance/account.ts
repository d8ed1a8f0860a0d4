/**
 * An account of the ledger (docs/money.md, "Accounts"). A connection has a receivable: what it owes us. The other
 * accounts belong to a panel: `payable` is what we owe the panel for its panelists, `reward_expense` what that costs
 * us.
 */
export type Account =
  | { readonly kind: 'receivable'; readonly connection: string }
  | { readonly kind: PanelAccountKind; readonly panel: string }

export const PANEL_ACCOUNT_KINDS = ['revenue', 'reward_expense', 'payable'] as const
type PanelAccountKind = (typeof PANEL_ACCOUNT_KINDS)[number]
export type AccountKind = Account['kind']

/**
 * Matches account texts, as a regular expression for both JavaScript and PostgreSQL; the owner is an id of the
 * configuration. The check `account_is_known` of `ledger_entries` has a copy, so a new kind needs a migration.
 */
export const ACCOUNT_PATTERN = `^(receivable|${PANEL_ACCOUNT_KINDS.join('|')}):[A-Za-z0-9][A-Za-z0-9._-]*$`

/**
 * The most characters of an owner. Not part of the pattern, because PostgreSQL takes 50 µs per line for a counted
 * repetition.
 */
export const LONGEST_OWNER = 64

const ACCOUNT = new RegExp(ACCOUNT_PATTERN)
const isAccount = (text: string): boolean => ACCOUNT.test(text) && text.length - text.indexOf(':') - 1 <= LONGEST_OWNER

/** What a provider owes us on a connection. */
export const receivable = (connection: string): Account => ({ kind: 'receivable', connection })

/** A panel's account of this kind. */
export const panelAccount = (kind: PanelAccountKind, panel: string): Account => ({ kind, panel })

/** The prefix of the accounts of a kind: `receivable:`. */
export const accountPrefix = (kind: AccountKind): string => `${kind}:`

/**
 * An account as the ledger stores it: `receivable:kantar-us`, `payable:lifepoints`.
 * @throws RangeError for an owner that is not a valid id of the configuration
 */
export function formatAccount(account: Account): string {
  const text = `${accountPrefix(account.kind)}${account.kind === 'receivable' ? account.connection : account.panel}`
  if (isAccount(text)) return text
  throw new RangeError(`${JSON.stringify(text)} is not an account: its owner must be an id of the configuration`)
}

/** The inverse of `formatAccount`. @returns null for any other text */
export function parseAccount(text: string): Account | null {
  if (!isAccount(text)) return null
  const colon = text.indexOf(':')
  const kind = text.slice(0, colon)
  const owner = text.slice(colon + 1)
  const ofPanel = PANEL_ACCOUNT_KINDS.find((known) => known === kind)
  return ofPanel === undefined ? receivable(owner) : panelAccount(ofPanel, owner)
}
