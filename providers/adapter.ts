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

/** Only the adapter reads it; null = from the beginning. */
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

/**
 * One change of one survey as the provider published it. Of two, the higher `order` is newer: a decimal integer as
 * text, beyond 2^53 too.
 */
export type SupplyChange =
  | {
      readonly kind: 'offered'
      readonly survey: Survey
      readonly order: string
      readonly version: string
      readonly raw: Uint8Array
    }
  | { readonly kind: 'withdrawn'; readonly providerSurveyId: string; readonly order: string; readonly reason: string }

/** A row that cannot be read: stored with its bytes and counted. The rest of the page is still read. */
export interface Unreadable {
  /** The survey that the row is about, if the row still names it. */
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
  /** Only on the last batch: do not poll before this instant (a provider's cache expiry). */
  readonly notBefore?: Date
  /** True when the page is the provider's whole list: a survey that is absent from it is withdrawn. */
  readonly snapshot?: boolean
  /** Ids that are on the list and unchanged. They have no change here, and they are not absent from the snapshot. */
  readonly present?: readonly string[]
}

/** What is stored and readable of a survey, as this connection last published it. */
export interface HeldEdition {
  readonly order: string
  readonly version: string
}

/**
 * For providers that list first and describe on demand: returns which surveys of their list are stored already, by
 * survey id.
 */
export type FindHeld = (providerSurveyIds: readonly string[]) => Promise<ReadonlyMap<string, HeldEdition>>

/** A panelist, as sent to a provider that matches on its own side. */
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

/** A paid task that is not a survey. It is booked like a survey and shown separately. */
export interface PartnerOffer {
  readonly survey: Survey
  readonly headline: string
  readonly requirements: string
  /** False = it costs the panelist money. */
  readonly free: boolean | null
  readonly creditCardRequired: boolean | null
  readonly tags: readonly string[]
}

/** What a provider has for one panelist now. The links work only for this panelist. */
export interface PanelistMatch {
  readonly surveys: readonly Survey[]
  readonly offers: readonly PartnerOffer[]
  readonly unreadable: readonly { readonly providerSurveyId: string | null; readonly reason: string }[]
  /** The number of surveys left out because their price is unknown. */
  readonly unpriced: number
  /** Why the provider returned nothing for this panelist, in words that a panel can act on; null = it answered. */
  readonly notice: string | null
  /** The provider refuses this panelist: do not ask about them again for this many milliseconds. */
  readonly blockedForMs?: number
}

/** How to use a connection that matches by panelist, from configuration. Times in milliseconds. */
export interface MatchingTerms {
  /** A cached result younger than this is returned again. */
  readonly cacheMs: number
  /** The longest that a match waits. */
  readonly timeoutMs: number
  readonly refreshesPerSecond: number
}

export interface EntryRequest {
  readonly sessionId: string
  /** The id the provider sees for this panelist (bare, or per panel). */
  readonly panelistId: string
  readonly survey: Survey
  readonly quota: Quota | null
  /** Only the attributes that the survey or the quota names, in the provider's vocabulary without its prefix. */
  readonly profile: Profile
  readonly userIp: string | null
  readonly userAgent: string | null
  readonly device: string | null
  /** Only for our own survey plans: no provider receives these. */
  readonly ours?: { readonly panel: string; readonly customPanelData: Readonly<Record<string, unknown>> | null }
}

export interface EntryLink {
  readonly url: string
  /** The provider's own id for the session, if it gives one. */
  readonly providerSessionId: string | null
  /** Present if the price comes with the entry (Toluna's invite). */
  readonly price?: Money
  readonly loiMinutes?: number
}

/** An arrival whose signature the shared mechanism has already verified: the adapter reads only its meaning. */
export interface VerifiedArrival {
  readonly route: 'return' | 'postback'
  /** The suffix of the postback route (`complete`, `member-status`), '' where there is none. */
  readonly name: string
  /** Holds `session` and `outcome`: the claims of the token for jws, else query and body fields. */
  readonly fields: Readonly<Record<string, unknown>>
  /** True when the arrival has no signature parameter and configuration accepts it at E0. */
  readonly unsigned: boolean
}

/** A survey by the provider's key, or by the beginning of the key if the provider does not name the rest (a wave). */
export type SurveyNamed = { readonly exactly: string } | { readonly beginsWith: string }

/** Which panelist and survey an arrival is about, if the provider knows no session ids. */
export interface MemberSurvey {
  readonly panelistId: string
  /** The survey that the arrival reports on. */
  readonly providerSurveyId: string
  /** Present if the provider routed the respondent on: the survey of their session, to which they were invited. */
  readonly invitedTo?: SurveyNamed
}

export interface OutcomeReport {
  /** The provider's id of the transaction: it belongs to the session of its first arrival. */
  readonly transactionId?: string
  /** How to find the session; tried in this order. */
  readonly correlate: {
    readonly sessionId?: string
    readonly providerSessionId?: string
    readonly member?: MemberSurvey
  }
  /** Null = an authentic arrival with an unknown word: ERROR, needs review. PENDING = the session stays open. */
  readonly outcome: ReportedOutcome | null
  /** The provider's own word, as received. */
  readonly word: string
  /** The reason in our own words; absent if the provider's tables give none. */
  readonly reason?: Reason
  readonly kind: 'outcome' | 'reversal'
  /**
   * The word that a reversal takes back; the reversal applies only while that is the session's current word. Absent =
   * any.
   */
  readonly takesBack?: string
  /** The token names these; an arrival for another panelist or survey than its session's is refused. */
  readonly panelistId?: string
  readonly providerSurveyId?: string
  /** Deduplicates arrivals: the token's jti, else absent (the caller hashes the arrival). */
  readonly uniqueId?: string
  readonly metadata?: unknown
  /** What the provider says it pays, as a decimal text in whole units: compared with the locked price, never booked. */
  readonly amount?: string
  /** `ignore`: the provider also reports panelists who are not ours, so an unknown one is not an error (2xx). */
  readonly strangers?: 'ignore'
}

/** Whether a quota is open. */
export interface QuotaStanding {
  readonly live: boolean
  readonly reason: string
  /** What follows if it is closed. */
  readonly effects: readonly RefusalEffect[]
}

/** A provider's notification that a quota closed or opened again: a hint, which `checkQuota` must confirm. */
export interface QuotaNews {
  readonly quotaId: string
  readonly providerSurveyId: string
  readonly live: boolean
  /** When the provider says it happened: the newer notification wins. */
  readonly at: Date
}

/** Some of the panelists whom a members-only quota admits. */
export interface MembersPage {
  /** Their ids at the provider, in its order. */
  readonly members: readonly string[]
  /** True when this is the last page. */
  readonly done: boolean
}

/** Supply that the provider lists: a poll loop fetches it, and an unreadable record can be read again later. */
export interface Feed<Config> {
  /** Milliseconds between polls, from configuration. */
  pollEveryMs(config: Config): number
  /**
   * Supply from an opaque cursor, in batches as the body streams in. The caller stores, then acknowledges the last
   * receipt.
   * @param held what is stored already; without it every survey is described in full
   */
  fetch(call: Call<Config>, from: Cursor, held?: FindHeld): AsyncIterable<SupplyBatch>
  /**
   * Reads one record from its stored bytes, as `fetch` would. Makes no network request.
   * @param order the edition of a record which names none: a decimal integer
   */
  readRecord(config: Config, raw: Uint8Array, order: string): SupplyChange | Unreadable
  /**
   * Reports to the provider that a page is safely stored. Idempotent. Absent = this provider takes no acknowledgement.
   */
  acknowledge?(call: Call<Config>, receipt: Receipt): Promise<void>
}

/** A provider that matches on its own side: it returns the surveys of one panelist. */
export interface Live<Config> {
  /** How often to call the provider, and how long to wait. */
  terms(config: Config): MatchingTerms
  /** The surveys of one panelist now. */
  matchPanelist(call: Call<Config>, panelist: PanelistRequest): Promise<PanelistMatch>
}

/** A provider that names the panelists of its members-only surveys. */
export interface Members<Config> {
  /** The provider's code for a panelist. */
  panelistCode(config: Config, panelistId: string): string
  /** The panelists of a quota of a members-only survey, page by page, after the last code received. */
  fetch(call: Call<Config>, quotaId: string, after: string | null): Promise<MembersPage>
}

/** Opens the entry to a survey. */
export interface Entry<Config> {
  /** True = the price comes with the entry: a session has no price while it is opening. */
  readonly priceWithEntry: boolean
  /**
   * Where to send the panelist. Some providers sign, some encrypt, some call upstream first. Throws 'refused' when they
   * refuse.
   */
  open(call: Call<Config>, entry: EntryRequest): Promise<EntryLink>
}

/** Reads the outcomes that the provider reports by browser and by server. */
export interface Arrivals<Config> {
  /** What an authentic arrival means. Throws ProviderError 'misread' when it is malformed. */
  read(config: Config, arrival: VerifiedArrival): OutcomeReport
  /**
   * The postback routes, by the part after the connection ('' = none), that the provider calls with GET. Absent = all
   * are POST.
   */
  readonly getPostbacks?: readonly string[]
  /** The body that the provider accepts as success of any postback. Absent = our own JSON. */
  readonly postbackAnswer?: string
  /**
   * Names the account of a connection: connections of one account share their quota notifications. Absent = each is an
   * account of its own.
   */
  accountOf?(config: Config): string
}

/** A provider that reports when a quota closes or opens, and answers whether it is open. */
export interface Quotas<Config> {
  /** Whether a quota is open. */
  check(call: Call<Config>, quotaId: string): Promise<QuotaStanding>
  /** What an authentic arrival says about a quota; null when it reports an outcome. Throws 'misread'. */
  readNews(config: Config, arrival: VerifiedArrival): QuotaNews | null
}

/**
 * Tributary itself counts the completes of a survey, in the plan's own row: an entry takes a slot, an outcome fills it
 * or releases it (docs/decisions/0017-slots-under-the-plans-lock.md). Present for buyers' own survey plans.
 */
export interface Slots {
  readonly countedHere: true
}

/**
 * One upstream, as groups of what it can do. A group that is present IS the capability; nothing else declares it. Half
 * a group does not compile.
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
