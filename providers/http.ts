/** What an adapter may do on the network: everything goes through the one guarded client of `platform/egress`. */
export interface Http {
  /**
   * One request, never redirected, within the call's deadline. Answers with any HTTP status.
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
  /** The only host[:port]s this request may go to, beside what egress policy forbids anyway. */
  readonly allowedHosts: readonly string[]
  /** For the whole exchange including the body, in milliseconds. */
  readonly timeoutMs?: number
  /** The answer's size at most, in bytes. Beyond it the body fails with ProviderError 'misread'. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as it streams in; must be read or cancelled. */
  readonly body: AsyncIterable<Uint8Array>
  /** Reads the whole body as text. */
  text(): Promise<string>
}
