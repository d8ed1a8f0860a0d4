/** Why an arrival changes nothing: it proves nothing, it is about no session, or its proof cannot be checked now. */
export type Refusal = 'refused' | 'unknown' | 'unavailable'

/** An arrival that changes nothing. The reason is for the provider's log; it says nothing about anybody's session. */
export class ArrivalRefused extends Error {
  override readonly name = 'ArrivalRefused'
  constructor(
    readonly kind: Refusal,
    reason: string,
  ) {
    super(reason)
  }
}
