import type { ZodType } from 'zod'
import type { VocabularyMapping } from '../domain/mapping.js'
import type { Money } from '../domain/money.js'
import type { ReportedOutcome } from '../domain/outcome.js'
import type { Profile } from '../domain/panelist.js'
import type { Reason } from '../domain/reason.js'
import type { Quota, Survey } from '../domain/survey.js'
import type { ConnectionBase } from '../platform/config/connection-base.js'
import type { RefusalEffect } from './errors.js'
import type { Http } from './http.js'

/** Opaque to everybody but the adapter; null = from the beginning. */
export type Cursor = string | null
/** What an acknowledgement needs (Kantar: the highest ack_id of the page, as decimal text). */
export type Receipt = string

export interface Call<Config> {
  readonly config: Config
  readonly http: Http
  readonly now: Date
  /** Ends when the activity is cancelled or times out. */
  readonly signal: AbortSignal
}

/** One thing the provider said about one survey. `order` decides which of two is newer: a decimal integer as text, beyond 2^53 too. */
export type SupplyChange =
  | {
      readonly kind: 'offered'
      readonly survey: Survey
      readonly order: string
      readonly version: string
      readonly raw: Uint8Array
    }
  | { readonly kind: 'withdrawn'; readonly providerSurveyId: string; readonly order: string; readonly reason: string }

/** A row we could not read: kept with its bytes, counted, never fatal to the page. */
export interface Unreadable {
  /** The survey it speaks of, where that much could be read. */
  readonly providerSurveyId: string | null
  readonly order: string | null
  readonly reason: string
  readonly raw: Uint8Array
}

export interface SupplyBatch {
  readonly changes: readonly SupplyChange[]
  readonly unreadable: readonly Unreadable[]
  /** Only on the last batch: where to read from next time. */
  readonly next?: Cursor
  /** Only on the last batch, when there is something to acknowledge. */
  readonly receipt?: Receipt
  /** Only on the last batch: do not ask again before this instant (a provider's cache expiry). */
  readonly notBefore?: Date
  /** True when the page is the provider's whole list: what is absent from it is withdrawn. */
  readonly snapshot?: boolean
  /** Ids that are on the list and unchanged, so that nothing is said about them: not absent from a snapshot. */
  readonly present?: readonly string[]
}

/** What is stored and readable of a survey, as this connection last told it. */
export interface HeldEdition {
  readonly order: string
  readonly version: string
}

/** For providers that list first and describe on demand: what of their list is held already, by their survey ids. */
export type FindHeld = (providerSurveyIds: readonly string[]) => Promise<ReadonlyMap<string, HeldEdition>>

/** A panelist, as a provider which matches on its own side is asked about them. */
export interface PanelistRequest {
  /** The id the provider sees for this panelist (bare, or per panel). */
  readonly panelistId: string
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  /** YYYY-MM-DD. */
  readonly dateOfBirth: string | null
  /** Question -> answers, in the provider's vocabulary without its prefix. */
  readonly profile: Readonly<Record<string, readonly string[]>>
  /** The panelist's own address and browser, never ours. */
  readonly userIp: string
  readonly userAgent: string | null
}

/** Something to do for a reward that is no survey; booked like one, shown apart from them. */
export interface PartnerOffer {
  readonly survey: Survey
  readonly headline: string
  readonly requirements: string
  /** False = it costs the panelist money. */
  readonly free: boolean | null
  readonly creditCardRequired: boolean | null
  readonly tags: readonly string[]
}

/** What a provider has for one panelist now. The links are this panelist's alone. */
export interface PanelistMatch {
  readonly surveys: readonly Survey[]
  readonly offers: readonly PartnerOffer[]
  readonly unreadable: readonly { readonly providerSurveyId: string | null; readonly reason: string }[]
  /** How many were left out because nobody knows what they pay. */
  readonly unpriced: number
  /** Why the provider has nothing to say about this panelist, in words that a panel can act on; null = it answered. */
  readonly notice: string | null
  /** The provider wants nothing to do with this panelist: not asked again for so many milliseconds. */
  readonly blockedForMs?: number
}

/** How a connection that matches by panelist is used, from configuration. Times in milliseconds. */
export interface MatchingTerms {
  /** A result so young answers again. */
  readonly cacheMs: number
  /** How long a match waits at most. */
  readonly timeoutMs: number
  readonly refreshesPerSecond: number
}

export interface EntryRequest {
  readonly sessionId: string
  /** The id the provider sees for this panelist (bare, or per panel). */
  readonly panelistId: string
  readonly survey: Survey
  readonly quota: Quota | null
  /** Only what the survey or the quota names, in the provider's vocabulary without its prefix. */
  readonly profile: Profile
  readonly userIp: string | null
  readonly userAgent: string | null
  readonly device: string | null
  /** Only for our own survey plans: no provider is ever told these. */
  readonly ours?: { readonly panel: string; readonly customPanelData: Readonly<Record<string, unknown>> | null }
}

export interface EntryLink {
  readonly url: string
  /** The provider's own id for the session, where it gives one. */
  readonly providerSessionId: string | null
  /** Where the price comes with the entry (Toluna's invite). */
  readonly price?: Money
  readonly loiMinutes?: number
}

/** An arrival whose signature was already checked by the shared mechanism: only its meaning is left to read. */
export interface VerifiedArrival {
  readonly route: 'return' | 'postback'
  /** The suffix of the postback route (`complete`, `member-status`), '' where there is none. */
  readonly name: string
  /** Where `session` and `outcome` are read from: the claims of the token for jws, else query and body fields. */
  readonly fields: Readonly<Record<string, unknown>>
  /** True when the arrival came without the signature parameter and configuration lets it in at E0. */
  readonly unsigned: boolean
}

/** A survey by the provider's key, or by the beginning of it where the provider leaves the rest open (a wave). */
export type SurveyNamed = { readonly exactly: string } | { readonly beginsWith: string }

/** Whom and what an arrival is about, where the provider knows no session ids. */
export interface MemberSurvey {
  readonly panelistId: string
  /** The survey that the word is about. */
  readonly providerSurveyId: string
  /** Present where the provider sent the respondent on: the survey that they were invited to, which their session is of. */
  readonly invitedTo?: SurveyNamed
}

export interface OutcomeReport {
  /** The provider's id of the transaction: it belongs to the session that it first came with. */
  readonly transactionId?: string
  /** How the session is found, tried in this order. */
  readonly correlate: {
    readonly sessionId?: string
    readonly providerSessionId?: string
    readonly member?: MemberSurvey
  }
  /** Null = an authentic arrival whose word we do not know: ERROR, needs review. PENDING = it decides nothing. */
  readonly outcome: ReportedOutcome | null
  /** The provider's own word, kept. */
  readonly word: string
  /** Why, in our own words; absent where the provider's tables do not say. */
  readonly reason?: Reason
  readonly kind: 'outcome' | 'reversal'
  /** The word that a reversal takes back; it applies only while that is the session's current word. Absent = any. */
  readonly takesBack?: string
  /** The token names these; another panelist or survey than its session's is refused. */
  readonly panelistId?: string
  readonly providerSurveyId?: string
  /** One arrival once: the token's jti, else absent (the caller hashes the arrival). */
  readonly uniqueId?: string
  readonly metadata?: unknown
  /** What the provider says it pays, as a decimal text in whole units: compared with the locked price, never booked. */
  readonly amount?: string
  /** `ignore`: the provider also speaks of people who are not ours, and nobody is to blame (2xx). */
  readonly strangers?: 'ignore'
}

/** Whether a quota takes people now. */
export interface QuotaStanding {
  readonly live: boolean
  readonly reason: string
  /** What follows where it does not. */
  readonly effects: readonly RefusalEffect[]
}

/** A provider's word that a quota closed or opened again: a hint, to be confirmed by `checkQuota`. */
export interface QuotaNews {
  readonly quotaId: string
  readonly providerSurveyId: string
  readonly live: boolean
  /** When the provider says it happened: older news loses. */
  readonly at: Date
}

/** Some of the people whom a members-only quota is for. */
export interface MembersPage {
  /** The ids which the provider knows them by, in its order. */
  readonly members: readonly string[]
  /** True when there are no more. */
  readonly done: boolean
}

/** Supply that the provider lists: a poll loop fetches it, and what cannot be read can be read again later. */
export interface Feed<Config> {
  /** Milliseconds between polls, from configuration. */
  pollEveryMs(config: Config): number
  /**
   * Supply from an opaque cursor, in batches as the body streams in. The caller stores, then acknowledges the last receipt.
   * @param held what is stored already; without it every survey is described in full
   */
  fetch(call: Call<Config>, from: Cursor, held?: FindHeld): AsyncIterable<SupplyBatch>
  /**
   * Reads one record from the bytes that were kept of it, as `fetch` would. Asks nothing over the network.
   * @param order the edition to give a record which names none: a decimal integer
   */
  readRecord(config: Config, raw: Uint8Array, order: string): SupplyChange | Unreadable
  /** Tells the provider that a page is safely stored. Safe to repeat. Absent = this provider wants no acknowledgement. */
  acknowledge?(call: Call<Config>, receipt: Receipt): Promise<void>
}

/** A provider that matches on its own side: it is asked for the surveys of one panelist. */
export interface Live<Config> {
  /** How often, and for how long, the provider is asked. */
  terms(config: Config): MatchingTerms
  /** The surveys of one panelist now. */
  matchPanelist(call: Call<Config>, panelist: PanelistRequest): Promise<PanelistMatch>
}

/** A provider that names the people whom its members-only surveys are for. */
export interface Members<Config> {
  /** The code by which the provider knows a panelist. */
  panelistCode(config: Config, panelistId: string): string
  /** Who a quota of a members-only survey is for, page by page, after the last code received. */
  fetch(call: Call<Config>, quotaId: string, after: string | null): Promise<MembersPage>
}

/** The way into a survey. */
export interface Entry<Config> {
  /** True = the price is known with the entry only: a session has none while it is opening. */
  readonly priceWithEntry: boolean
  /** Where to send the panelist. Some providers sign, some encrypt, some ask upstream first. Throws 'refused' when they say no. */
  open(call: Call<Config>, entry: EntryRequest): Promise<EntryLink>
}

/** The way back: outcomes that the provider reports by browser and by server. */
export interface Arrivals<Config> {
  /** What an authentic arrival means. Throws ProviderError 'misread' when it is malformed. */
  read(config: Config, arrival: VerifiedArrival): OutcomeReport
  /** The postback routes, by the part after the connection ('' = none), which the provider calls with GET. Absent = all are POST. */
  readonly getPostbacks?: readonly string[]
  /** The body that the provider takes for a success of any postback. Absent = JSON of ours. */
  readonly postbackAnswer?: string
  /** Names the account of a connection: connections of one account share their news. Absent = each is an account of its own. */
  accountOf?(config: Config): string
}

/** A provider that reports when a quota closes or opens, and answers whether it is open. */
export interface Quotas<Config> {
  /** Whether a quota takes people now. */
  check(call: Call<Config>, quotaId: string): Promise<QuotaStanding>
  /** What an authentic arrival says about a quota; null when it is about somebody's outcome. Throws 'misread'. */
  readNews(config: Config, arrival: VerifiedArrival): QuotaNews | null
}

/**
 * The places of a survey are counted here, in the plan's own row, and not upstream: an entry takes a slot, an outcome fills
 * it or gives it back (docs/decisions/0017-slots-under-the-plans-lock.md). Present for buyers' own survey plans.
 */
export interface Slots {
  readonly countedHere: true
}

/**
 * One upstream, as groups of what it can do. A group that is present IS the capability; nothing else declares it. Half a
 * group does not compile.
 */
export interface ProviderAdapter<Config extends ConnectionBase> {
  /** As the `provider` of its connections. */
  readonly name: Config['provider']
  /** The schema of one of its connections. */
  readonly config: ZodType<Config>
  /** The vocabulary shipped with the adapter; configuration may replace it. */
  readonly vocabulary: VocabularyMapping
  readonly entry: Entry<Config>
  readonly feed?: Feed<Config>
  readonly live?: Live<Config>
  readonly members?: Members<Config>
  readonly arrivals?: Arrivals<Config>
  readonly quotas?: Quotas<Config>
  readonly slots?: Slots
}
