import type { VocabularyMapping } from '../domain/mapping.js'
import type { ConnectionBase } from '../platform/config/connection-base.js'
import type { ProviderAdapter } from './adapter.js'
import type { Http } from './http.js'

/** One connection with the adapter that serves it. */
export interface ServedConnection {
  readonly connection: string
  readonly adapter: ProviderAdapter<ConnectionBase>
  /** The connection's settings as the adapter's schema gives them. */
  readonly config: ConnectionBase
  /** How our attributes are spelled there: the connection's own mapping, else the provider's shipped one. */
  readonly vocabulary: VocabularyMapping
}

/** A served connection, ready to be called through the guarded HTTP client. */
export interface Upstream extends ServedConnection {
  readonly http: Http
}

/** Finds a connection's upstream; null when configuration no longer has it. */
export type FindUpstream = (connection: string) => Upstream | null
