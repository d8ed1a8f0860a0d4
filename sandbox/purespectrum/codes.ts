/** ps_rstatus codes of their public pages, with their meaning for the entry page. */
export const CODES = {
  21: 'complete',
  12: 'over quota: their quota is full',
  17: "over quota: the buyer's",
  22: 'the survey closed meanwhile',
  25: "the supplier's allocation is full",
  13: 'terminated in their screener',
  18: 'terminated by the buyer',
  34: 'targeting did not fit',
  35: 'no quota fits',
  37: 'throttled by a quota',
  15: 'a duplicate',
  20: 'quality, by the buyer',
  29: 'too fast',
  32: 'did a survey of the same group',
  33: 'reconciled',
  70: 'a duplicate by device',
  26: 'the redirect was loaded again: no end',
  99: 'an undocumented code',
} as const
export type Code = keyof typeof CODES

export const CODE_LIST = Object.keys(CODES).map(Number) as readonly Code[]

export const DELIVERIES = [
  'callback_first',
  'redirect_first',
  'callback_only',
  'redirect_only',
  'both_twice',
  'reversed_later',
] as const
export type Delivery = (typeof DELIVERIES)[number]
export const DELIVERY_MEANINGS: Record<Delivery, string> = {
  callback_first: 'callback, then redirect',
  redirect_first: 'redirect, callback a little later',
  callback_only: 'callback only, the browser stays here',
  redirect_only: 'redirect only, no callback',
  both_twice: 'everything twice',
  reversed_later: 'a complete, reversed to 13 a little later',
}
