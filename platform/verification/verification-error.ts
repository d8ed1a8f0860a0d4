/**
 * `forged`: the signature is missing or does not hold; `malformed`: the arrival cannot be read one way only;
 * `unavailable`: the keys cannot be had just now, the arrival is worth sending again.
 */
export type VerificationErrorKind = 'forged' | 'malformed' | 'unavailable'

/** Why an arrival was not believed. The message is safe to show: it never repeats a signature, a secret or a field. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError'
  constructor(
    readonly kind: VerificationErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
