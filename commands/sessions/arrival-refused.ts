/** Why an arrival is refused: invalid proof, no session found, or its proof cannot be verified now. */
export type Refusal = 'refused' | 'unknown' | 'unavailable'

/** A refused arrival, which changes nothing. The reason is for the provider's log and contains no data of a session. */
export class ArrivalRefused extends Error {
  override readonly name = 'ArrivalRefused'
  constructor(
    readonly kind: Refusal,
    reason: string,
  ) {
    super(reason)
  }
}
