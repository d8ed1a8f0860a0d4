export { OUTCOMES, type Outcome } from '../outcome-words.js'

/** How the supplier is notified of a finished session: by the browser (redirect) and server to server (postback). */
export const DELIVERIES = [
  'postback_first',
  'redirect_first',
  'postback_only',
  'redirect_only',
  'both_twice',
  'reversed_later',
] as const

export type Delivery = (typeof DELIVERIES)[number]
