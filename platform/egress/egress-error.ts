/**
 * What failed in an outgoing request.
 * `not-allowed`: policy forbids the address (a human must look); `unavailable`: no connection, a reset, an unknown
 * name; `timed-out`: the connect or the whole exchange took too long; `misread`: the answer is larger than allowed or
 * its compression is broken.
 */
export type EgressErrorKind = 'not-allowed' | 'unavailable' | 'timed-out' | 'misread'

/** Thrown by the egress client only. Names the address, never headers, bodies or its query. */
export class EgressError extends Error {
  override readonly name = 'EgressError'
  constructor(
    readonly kind: EgressErrorKind,
    message: string,
    readonly evidence: { readonly url?: string; readonly code?: string } = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
