/** What an adapter may do on the network: all requests go through the one guarded client of `platform/egress`. */
export interface Http {
  /**
   * One request within the call's deadline; follows no redirect. Returns the response with any HTTP status.
   * @throws ProviderError 'unavailable' (connection refused, reset, DNS, address not allowed), 'timed-out'
   */
  request(request: HttpRequest): Promise<HttpResponse>
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Already encoded. */
  readonly body?: string
  /** The only host[:port]s that this request may go to. Egress policy applies as well. */
  readonly allowedHosts: readonly string[]
  /** For the whole exchange including the body, in milliseconds. */
  readonly timeoutMs?: number
  /** The largest answer, in bytes. A longer body fails with ProviderError 'misread'. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as it streams in; read or cancel it. */
  readonly body: AsyncIterable<Uint8Array>
  /** Reads the whole body as text. */
  text(): Promise<string>
}
