/**
 * `forged`: the signature is missing or does not match; `malformed`: the arrival has no single reading; `unavailable`:
 * the keys are unavailable now, so the sender should retry.
 */
export type VerificationErrorKind = 'forged' | 'malformed' | 'unavailable'

/** Why an arrival was refused. The message is safe to show: it never repeats a signature, a secret or a field. */
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
