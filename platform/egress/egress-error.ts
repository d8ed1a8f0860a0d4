/**
 * What went wrong on the way out.
 * `not-allowed`: policy forbids the place (a human must look); `unavailable`: no connection, a reset, no such name;
 * `timed-out`: the connect or the whole exchange took too long; `misread`: the answer is larger than allowed or its
 * compression is broken.
 */
export type EgressErrorKind = 'not-allowed' | 'unavailable' | 'timed-out' | 'misread'

/** Thrown by the egress client only. Names the place, never headers, bodies or what the address carries in its query. */
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
