/** An arrival that changes nothing. The reason is for the provider's log; it tells nothing about anybody's session. */
export class ArrivalRefused extends Error {
  override readonly name = 'ArrivalRefused'
  constructor(
    readonly status: 400 | 404 | 503,
    reason: string,
  ) {
    super(reason)
  }
}
