import { readdirSync, readFileSync } from 'node:fs'

/** The answer of a double to one request. */
export interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  /** An object is sent as JSON, text as it is. */
  readonly body?: unknown
  /** A network failure instead of an answer. */
  readonly fails?: 'unavailable' | 'timed-out'
}

/** A request as a case expects it; absent members are not compared. */
export interface ExpectedRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Record<string, string>
  /** Compared as text when it is text, otherwise completely as JSON. */
  readonly body?: unknown
}

export interface ExpectedError {
  readonly kind: string
  /** Parts of the message. */
  readonly says?: readonly string[]
  /** Texts that must not be in the message or the evidence. */
  readonly hides?: readonly string[]
  readonly evidence?: Record<string, unknown>
}

interface Named {
  /** Taken from the file's name. */
  readonly name: string
  readonly folder: 'exemplary' | 'supplemental'
  /** One sentence that says what the case shows. */
  readonly teaches: string
  /** Settings of the connection other than the suite's. */
  readonly config?: Record<string, unknown>
}

/** A page of supply and the expected result. */
export interface FeedCase extends Named {
  readonly kind: 'feed'
  readonly cursor?: string
  /** Stored versions, by the provider's survey id; absent = none. */
  readonly held?: Record<string, { readonly order: string; readonly version: string }>
  /** The input of the suite's `pageOf`, or, with `body`, the page itself. */
  readonly given: Record<string, unknown>
  readonly respond?: Answer
  readonly expectRequest?: ExpectedRequest
  readonly expect: {
    readonly surveys?: readonly Record<string, unknown>[]
    readonly changes?: readonly Record<string, unknown>[]
    readonly unreadable?: readonly { providerSurveyId: string | null; order: string | null; says: string }[]
    readonly receipt?: string | null
    /** Surveys that are on the list and unchanged. */
    readonly present?: readonly string[]
    /** Every requested address in order, from its path on. */
    readonly requests?: readonly string[]
    readonly notBefore?: string | null
    readonly next?: string | null
    readonly error?: ExpectedError
  }
}

export interface AckCase extends Named {
  readonly kind: 'acknowledge'
  readonly receipt: string
  readonly expectRequest?: ExpectedRequest
  readonly respond: Answer
  readonly expect: { readonly error?: ExpectedError }
}

export interface EntryCase extends Named {
  readonly kind: 'entry'
  /** A page with one survey, which is entered. */
  readonly given: Record<string, unknown>
  /** Applied to the survey's `entry`, as if it had been stored under another configuration. */
  readonly entry?: Record<string, string>
  readonly quota?: string
  readonly profile?: Record<string, unknown>
  /** Null = no request may be sent. */
  readonly expectRequest?: ExpectedRequest | null
  readonly respond?: Answer
  readonly expect: { readonly link?: Record<string, unknown>; readonly error?: ExpectedError }
}

export interface ArrivalCase extends Named {
  readonly kind: 'arrival'
  readonly route: 'return' | 'postback'
  /** The part of a postback route after the connection. */
  readonly postback?: string
  readonly fields: Record<string, unknown>
  readonly expect: { readonly report?: Record<string, unknown>; readonly error?: ExpectedError }
}

/** A question about one panelist, for providers that match on their side. */
export interface MatchCase extends Named {
  readonly kind: 'match'
  /** Laid over the suite's panelist. */
  readonly panelist?: Record<string, unknown>
  /** The input of the suite's answer, where `respond` has none. */
  readonly given?: Record<string, unknown>
  /** One answer per request; the last one repeats. */
  readonly respond?: readonly Answer[]
  /** The content of each request, as the suite reads it. */
  readonly expectRequests?: readonly Record<string, unknown>[]
  readonly expect: { readonly match?: Record<string, unknown>; readonly error?: ExpectedError }
}

export type ProviderCase = FeedCase | AckCase | EntryCase | ArrivalCase | MatchCase

/** The cases of one provider: `exemplary` = as documented, `supplemental` = faults. One file per case. */
export function readCases(provider: string): ProviderCase[] {
  return (['exemplary', 'supplemental'] as const).flatMap((folder) => {
    const directory = new URL(`./${provider}/${folder}/`, import.meta.url)
    const files = readdirSync(directory).filter((file) => file.endsWith('.json'))
    return files.sort().map((file): ProviderCase => {
      const text = readFileSync(new URL(file, directory), 'utf8')
      return { ...JSON.parse(text), name: file.replace(/\.json$/, ''), folder }
    })
  })
}
