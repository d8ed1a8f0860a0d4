import type { VocabularyMapping } from '../domain/mapping.js'
import type { Grade } from '../domain/outcome.js'
import type { ProviderAdapter } from './adapter.js'
import type { Http } from './http.js'

/** One configured connection, ready to be called: its provider's adapter, its own settings, the guarded HTTP client. */
export interface Upstream {
  readonly connection: string
  readonly adapter: ProviderAdapter<unknown>
  /** The connection's settings as the adapter's schema gives them. */
  readonly config: unknown
  readonly http: Http
  readonly requiredGrade: Grade
  /** How our attributes are said there; absent = by the same names. */
  readonly vocabulary?: VocabularyMapping
}

/** Finds a connection's upstream; null when configuration no longer has it. */
export type FindUpstream = (connection: string) => Upstream | null
